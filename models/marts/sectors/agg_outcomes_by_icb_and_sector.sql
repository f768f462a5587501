-- Organisations of each sector by the ICB that the export names for them: GP practices above all, and whatever else has
-- one. Organisations for which it names none, or none that is known, are in agg_outcomes_by_sector only.
-- Grain: one row per snapshot, ICB, sector, edition (null for Not Published) and outcome.
with assessments as (
    select * from {{ ref('fct_assessments') }}
),

placed as (
    select * from {{ ref('int_assessments_placed') }}
),

icbs as (
    select * from {{ ref('int_icbs_at_census') }}
),

editions as (
    select * from {{ ref('dim_editions') }}
),

counted as (
    select
        assessments.snapshot_date,
        icbs.icb_code,
        icbs.icb_name,
        assessments.sector,
        assessments.edition,
        assessments.outcome,
        count(*) as organisations,
        count(case when assessments.published_on > editions.deadline_on then 1 end) as published_late
    from assessments
    inner join placed
        on
            assessments.snapshot_date = placed.snapshot_date
            and assessments.organisation_code = placed.organisation_code
    inner join icbs on placed.snapshot_date = icbs.snapshot_date and placed.icb_code = icbs.icb_code
    left join editions on assessments.edition = editions.edition
    group by
        assessments.snapshot_date, icbs.icb_code, icbs.icb_name, assessments.sector, assessments.edition,
        assessments.outcome
)

select
    snapshot_date,
    icb_code,
    icb_name,
    sector,
    edition,
    outcome,
    organisations,
    organisations / cast(sum(organisations) over (partition by snapshot_date, icb_code, sector) as double) as share,
    published_late
from counted
