-- Findings on how organisations published: after they had closed, or with a status that changed under one date.
-- Grain: one row per finding.
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
),

snapshots as (
    select
        snapshot_date,
        lag(snapshot_date) over (order by snapshot_date) as previous_snapshot_date
    from {{ ref('int_snapshots_reported') }}
)

select
    snapshots.snapshot_date,
    'closed but still publishing' as check_name,
    assessments.organisation_code,
    concat_ws(
        ' ', assessments.organisation_name, 'closed on', periods.closed_on, 'and published on', assessments.published_on
    )
        as detail
from assessments
inner join periods on assessments.organisation_code = periods.organisation_code
inner join snapshots
    on snapshots.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
where assessments.published_on > periods.closed_on

union all

select
    snapshots.snapshot_date,
    'status relabelled since the last snapshot' as check_name,
    assessments.organisation_code,
    concat_ws(
        '', 'From ', earlier.status, ' to ', assessments.status, ' under the same date, ', assessments.published_on
    )
        as detail
from snapshots
inner join assessments on snapshots.snapshot_date = assessments.first_snapshot_date
inner join assessments as earlier
    on
        snapshots.previous_snapshot_date = earlier.last_snapshot_date
        and assessments.organisation_code = earlier.organisation_code
        and assessments.edition = earlier.edition
        and assessments.published_on = earlier.published_on
where assessments.status != earlier.status
