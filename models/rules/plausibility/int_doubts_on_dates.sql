-- Doubts about an export by its dates of publication. There is a doubt if any date is after the export was taken (none
-- in real exports). There is one if more than `doubt_percent` of its outcomes have no date (at most 1.1 %, in rebuilt
-- exports), or a date outside the window of their edition (none).
-- Grain: one row per doubt.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

counted as (
    select
        snapshot_date,
        sum(organisations) as outcomes,
        sum(case when is_undated then organisations else 0 end) as undated,
        sum(case when is_outside then organisations else 0 end) as outside
    from {{ ref('int_assessments_counted') }}
    where edition is not null
    group by snapshot_date
)

select
    snapshots.snapshot_date,
    concat_ws(
        '', 'has ', count(*), ' date(s) of publication after the day it was taken, up to ',
        max(assessments.published_on)
    ) as doubt
from assessments
inner join snapshots
    on snapshots.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
where
    assessments.published_on > snapshots.snapshot_date
    -- redundant, but it leaves few rows to look for in each snapshot
    and assessments.published_on > assessments.first_snapshot_date
group by snapshots.snapshot_date

union all

select
    snapshot_date,
    concat_ws('', 'has no date of publication for ', undated, ' of its ', outcomes, ' outcomes') as doubt
from counted
where undated * 100 > outcomes * {{ var('doubt_percent') }}

union all

select
    snapshot_date,
    concat_ws('', 'has a date outside the window of the edition for ', outside, ' of its ', outcomes, ' outcomes')
        as doubt
from counted
where outside * 100 > outcomes * {{ var('doubt_percent') }}
