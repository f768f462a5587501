-- How many organisations had published by each day, against the deadline. Only outcomes of their own have a day (R9):
-- the others never reach the line, so it ends below 1 where somebody has not published.
-- Grain: one row per snapshot, organisation type and day (a day on which somebody published, or the deadline).
with compliance as (
    select * from {{ ref('fct_compliance') }}
),

editions as (
    select * from {{ ref('dim_editions') }}
),

types as (
    select
        compliance.snapshot_date,
        compliance.edition,
        compliance.organisation_type,
        compliance.type_order,
        editions.deadline_on,
        count(*) as organisations
    from compliance
    inner join editions on compliance.edition = editions.edition
    group by
        compliance.snapshot_date, compliance.edition, compliance.organisation_type, compliance.type_order,
        editions.deadline_on
),

published as (
    select
        snapshot_date,
        organisation_type,
        published_on,
        count(*) as organisations
    from compliance
    where outcome_basis = 'own' and published_on is not null
    group by snapshot_date, organisation_type, published_on
),

days as (
    select
        snapshot_date,
        published_on
    from published

    union

    select
        snapshot_date,
        deadline_on as published_on
    from types
),

counted as (
    select
        types.snapshot_date,
        types.edition,
        types.organisation_type,
        types.type_order,
        days.published_on,
        types.deadline_on,
        types.organisations,
        sum(coalesce(published.organisations, 0)) over (
            partition by types.snapshot_date, types.organisation_type
            order by days.published_on
        ) as published_so_far
    from types
    inner join days on types.snapshot_date = days.snapshot_date
    left join published
        on
            types.snapshot_date = published.snapshot_date
            and types.organisation_type = published.organisation_type
            and days.published_on = published.published_on
)

select
    snapshot_date,
    edition,
    organisation_type,
    type_order,
    published_on,
    cast(published_so_far as bigint) as published_so_far,
    published_so_far / cast(organisations as double) as share,
    {{ days_between('deadline_on', 'published_on') }}
        as days_after_deadline,
    published_on > deadline_on as is_late
from counted
