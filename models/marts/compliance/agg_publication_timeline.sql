-- How many organisations had published by each day, against the deadline. Only an organisation's own outcome counts, if
-- its date is known (R9), so the line ends below 1 if any organisation has no such date.
-- Grain: one row per snapshot, organisation type and day (a day on which an organisation published, or the deadline).
with compliance as (
    select * from {{ ref('fct_compliance') }}
),

editions as (
    select * from {{ ref('dim_editions') }}
),

types as (
    select
        snapshot_date,
        edition,
        organisation_type,
        type_order,
        count(*) as organisations
    from compliance
    group by snapshot_date, edition, organisation_type, type_order
),

published as (
    select * from compliance
    where days_after_deadline is not null
),

days as (
    select
        snapshot_date,
        published_on,
        days_after_deadline
    from published

    union

    select
        types.snapshot_date,
        editions.deadline_on as published_on,
        0 as days_after_deadline
    from types
    inner join editions on types.edition = editions.edition
),

counted as (
    select
        types.snapshot_date,
        types.edition,
        types.organisation_type,
        types.type_order,
        types.organisations,
        days.published_on,
        days.days_after_deadline,
        sum(count(published.published_on)) over (
            partition by types.snapshot_date, types.organisation_type order by days.published_on
        ) as published_so_far
    from types
    inner join days on types.snapshot_date = days.snapshot_date
    left join published
        on
            types.snapshot_date = published.snapshot_date
            and types.organisation_type = published.organisation_type
            and days.published_on = published.published_on
    group by
        types.snapshot_date, types.edition, types.organisation_type, types.type_order, types.organisations,
        days.published_on, days.days_after_deadline
)

select
    snapshot_date,
    edition,
    organisation_type,
    type_order,
    published_on,
    cast(published_so_far as bigint) as published_so_far,
    published_so_far / cast(organisations as double) as share,
    days_after_deadline,
    days_after_deadline > 0 as is_late
from counted
