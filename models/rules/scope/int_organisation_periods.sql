-- When each organisation was open. The newest release that lists it with dates decides, because only later releases can
-- know that it closed. In a source without dates, it was open from the first release that lists it (from the beginning,
-- if that is the oldest release) until the day before the first release that no longer does.
-- Grain: one row per organisation.
with listed as (
    select * from {{ ref('int_organisation_releases') }}
),

corrections as (
    select * from {{ ref('ods_corrections') }}
),

newest_dates as (
    select
        organisation_code,
        organisation_type,
        opened_on,
        closed_on,
        row_number() over (partition by organisation_code order by release_date desc) as recency_rank
    from listed
    where has_dates
),

releases as (
    select
        source,
        release_date,
        lead(release_date) over (partition by source order by release_date) as next_release_date,
        row_number() over (partition by source order by release_date) as age_rank
    from listed
    group by source, release_date
),

first_and_last as (
    select
        source,
        organisation_code,
        organisation_type,
        min(release_date) as first_release_date,
        max(release_date) as last_release_date
    from listed
    group by source, organisation_code, organisation_type
),

periods as (
    select
        organisation_code,
        organisation_type,
        opened_on,
        closed_on
    from newest_dates
    where recency_rank = 1

    union all

    select
        first_and_last.organisation_code,
        first_and_last.organisation_type,
        case when firsts.age_rank > 1 then firsts.release_date end as opened_on,
        cast(lasts.next_release_date - interval '1' day as date) as closed_on
    from first_and_last
    inner join releases as firsts
        on first_and_last.source = firsts.source and first_and_last.first_release_date = firsts.release_date
    inner join releases as lasts
        on first_and_last.source = lasts.source and first_and_last.last_release_date = lasts.release_date
    where first_and_last.organisation_code not in (select newest_dates.organisation_code from newest_dates)
)

select
    periods.organisation_code,
    periods.organisation_type,
    periods.opened_on,
    coalesce(periods.closed_on, corrections.effective_on) as closed_on
from periods
left join corrections
    on periods.organisation_code = corrections.organisation_code and corrections.correction = 'close organisation'
