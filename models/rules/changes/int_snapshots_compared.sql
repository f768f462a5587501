-- Which snapshots are compared: each with the one before it, and the newest of each edition with the newest of the
-- previous edition. Different frameworks are not comparable (R11). Figures that pool types of organisation are
-- compared only if both sides have the same types (R12). Each comparison has the days from each deadline to its
-- snapshot.
-- Grain: one row per comparison and later snapshot.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

dated as (
    select
        snapshots.snapshot_date,
        snapshots.census_on,
        snapshots.reporting_edition as edition,
        editions.framework,
        editions.commissioner_type,
        snapshots.days_after_deadline,
        snapshots.is_newest_of_edition
    from snapshots
    inner join editions on snapshots.reporting_edition = editions.edition
),

comparisons as (
    select
        'snapshot' as comparison,
        *
    from dated

    union all

    select
        'edition' as comparison,
        *
    from dated
    where is_newest_of_edition
),

-- a later snapshot never reports an earlier edition (R2), so the day orders editions too
neighbours as (
    select
        *,
        lag(snapshot_date) over (partition by comparison order by snapshot_date) as from_snapshot_date,
        lag(census_on) over (partition by comparison order by snapshot_date) as from_census_on,
        lag(edition) over (partition by comparison order by snapshot_date) as from_edition,
        lag(framework) over (partition by comparison order by snapshot_date) as from_framework,
        lag(commissioner_type) over (partition by comparison order by snapshot_date) as from_commissioner_type,
        lag(days_after_deadline) over (partition by comparison order by snapshot_date) as from_days_after_deadline
    from comparisons
)

select
    comparison,
    from_snapshot_date,
    from_census_on,
    from_edition,
    snapshot_date as to_snapshot_date,
    edition as to_edition,
    census_on as to_census_on,
    from_days_after_deadline,
    days_after_deadline as to_days_after_deadline,
    framework = from_framework as comparable,
    commissioner_type = from_commissioner_type as same_types
from neighbours
where from_snapshot_date is not null
