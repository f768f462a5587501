-- How the outcomes of each type of organisation moved, since two earlier snapshots. One is the previous snapshot. The
-- other is the newest of the same edition that is at least four weeks older, or else the oldest of the edition, so
-- that small daily steps add up.
-- Grain: one row per snapshot, snapshot that it is compared with, organisation type, and outcome in either.
with snapshots as (
    select
        snapshot_date,
        reporting_edition,
        lag(snapshot_date) over (order by snapshot_date) as date_before,
        min(snapshot_date) over (partition by reporting_edition) as first_of_edition
    from {{ ref('int_snapshots_reported') }}
),

assessed as (
    select * from {{ ref('int_organisations_assessed') }}
),

counted as (
    select
        snapshot_date,
        organisation_type,
        outcome,
        count(*) as organisations
    from assessed
    group by snapshot_date, organisation_type, outcome
),

older as (
    select
        later.snapshot_date,
        coalesce(max(earlier.snapshot_date), later.first_of_edition) as date_before
    from snapshots as later
    left join snapshots as earlier
        on
            later.reporting_edition = earlier.reporting_edition
            and earlier.snapshot_date <= later.snapshot_date - interval '28' day
    group by later.snapshot_date, later.first_of_edition
),

measured_against as (
    select
        snapshot_date,
        date_before
    from snapshots
    where date_before is not null

    union

    select
        snapshot_date,
        date_before
    from older
    where snapshot_date != date_before
)

select
    measured_against.snapshot_date,
    measured_against.date_before,
    counted.organisation_type,
    counted.outcome,
    sum(case when counted.snapshot_date = measured_against.snapshot_date then counted.organisations else 0 end)
        as organisations,
    sum(sum(case when counted.snapshot_date = measured_against.snapshot_date then counted.organisations end))
        over (partition by measured_against.snapshot_date, measured_against.date_before, counted.organisation_type)
        as all_organisations,
    sum(case when counted.snapshot_date = measured_against.date_before then counted.organisations else 0 end)
        as organisations_before,
    sum(sum(case when counted.snapshot_date = measured_against.date_before then counted.organisations end))
        over (partition by measured_against.snapshot_date, measured_against.date_before, counted.organisation_type)
        as all_organisations_before
from measured_against
inner join counted on counted.snapshot_date in (measured_against.snapshot_date, measured_against.date_before)
group by
    measured_against.snapshot_date, measured_against.date_before, counted.organisation_type, counted.outcome
