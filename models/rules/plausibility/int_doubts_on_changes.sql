-- Doubts about an export in which too many organisations changed: for the same edition, more than `moved_percent` of
-- those in scope have a different outcome of their own than in the previous snapshot. Rows that slipped by a line do
-- this while every total stays the same. The most in real exports is 5 %, from 25 October 2021 to 8 February 2022.
-- Grain: one row per doubt.
with snapshots as (
    select
        snapshot_date,
        lag(snapshot_date) over (partition by reporting_edition order by snapshot_date) as date_before
    from {{ ref('int_snapshots_reported') }}
),

assessed as (
    select * from {{ ref('int_organisations_assessed') }}
    where outcome_basis = 'own'
),

counted as (
    select
        snapshots.snapshot_date,
        snapshots.date_before,
        count(*) as organisations,
        count(case when assessed.outcome != before.outcome then 1 end) as changed
    from snapshots
    inner join assessed on snapshots.snapshot_date = assessed.snapshot_date
    inner join assessed as before
        on
            snapshots.date_before = before.snapshot_date
            and assessed.organisation_code = before.organisation_code
    group by snapshots.snapshot_date, snapshots.date_before
)

select
    snapshot_date,
    concat_ws(
        '', 'has another outcome for ', changed, ' of the ', organisations, ' organisations in scope than on ',
        date_before
    ) as doubt
from counted
where changed * 100 > organisations * {{ var('moved_percent') }} and organisations >= {{ var('judged_from') }}
