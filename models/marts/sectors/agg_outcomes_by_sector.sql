-- The whole export by sector, edition and outcome, with what was published after the deadline of its edition. Sectors
-- are declared by the organisations themselves: this is a breakdown of the export, not a count of trusts.
-- Grain: one row per snapshot, sector, edition (null for Not Published) and outcome.
with assessments as (
    select * from {{ ref('fct_assessments') }}
),

editions as (
    select * from {{ ref('dim_editions') }}
),

counted as (
    select
        assessments.snapshot_date,
        assessments.sector,
        assessments.edition,
        assessments.outcome,
        count(*) as organisations,
        count(case when assessments.published_on > editions.deadline_on then 1 end) as published_late
    from assessments
    left join editions on assessments.edition = editions.edition
    group by assessments.snapshot_date, assessments.sector, assessments.edition, assessments.outcome
)

select
    snapshot_date,
    sector,
    edition,
    outcome,
    organisations,
    organisations / cast(sum(organisations) over (partition by snapshot_date, sector) as double) as share,
    published_late
from counted
