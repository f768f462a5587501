-- The edition and outcome of each exported status (R1). An unknown label or edition, or a date that cannot be read,
-- stops the build here. Otherwise a later default would silently turn it into a valid answer.
-- Grain: one row per organisation and run of neighbouring snapshots that show it unchanged, every sector.
with search_results as (
    select
        *,
        {{ parse_date('published_on_text') }} as published_on
    from {{ ref('stg_dspt__search_results') }}
),

exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

statuses as (
    select * from {{ ref('int_statuses_understood') }}
),

sectors as (
    select * from {{ ref('dspt_sectors') }}
),

matched as (
    select
        search_results.*,
        statuses.edition,
        statuses.outcome,
        statuses.unknown,
        coalesce(sectors.sector, search_results.sector_as_exported, 'No Sector Identified') as sector
    from search_results
    left join statuses
        on search_results.form = statuses.form and search_results.status is not distinct from statuses.status
    left join sectors on search_results.sector_as_exported = sectors.sector_as_exported
),

problems as (
    select
        concat_ws(
            '', exports.source_file, ' has the status "', coalesce(left(matched.status, 80), '(blank)'), '" in ',
            count(*), ' row(s): no rule knows its ', matched.unknown
        ) as problem
    from matched
    inner join exports on exports.snapshot_date between matched.first_snapshot_date and matched.last_snapshot_date
    where matched.unknown is not null
    group by exports.source_file, matched.status, matched.unknown

    union all

    select
        concat_ws(
            '', exports.source_file, ' has the date "', left(matched.published_on_text, 80), '" in ', count(*),
            ' row(s) (first: ', min(matched.organisation_code),
            '), which is not a date in the form dd/mm/20yy: correct it from the portal.'
        ) as problem
    from matched
    inner join exports on exports.snapshot_date between matched.first_snapshot_date and matched.last_snapshot_date
    where matched.form = 'portal' and matched.published_on_text is not null and matched.published_on is null
    group by exports.source_file, matched.published_on_text
)

select
    organisation_code,
    organisation_name,
    sector_as_exported,
    sector,
    commissioner_as_exported,
    status,
    edition,
    outcome,
    published_on,
    published_on_text,
    first_snapshot_date,
    last_snapshot_date
from matched
where {{ no_row_in('problems') }}
