-- Organisations of each sector by the ICB that the export names for them: GP practices above all, and whatever else has
-- one. Organisations for which it names none, or none that is known, are in agg_outcomes_by_sector only.
-- Grain: one row per snapshot, ICB, sector, edition (null for Not Published) and outcome.
with placed as (
    select * from {{ ref('int_commissioners_placed') }}
),

icbs as (
    select * from {{ ref('int_icbs_at_census') }}
),

counted as (
    select
        assessments.snapshot_date,
        icbs.icb_code,
        icbs.icb_name,
        assessments.sector,
        assessments.edition,
        assessments.outcome,
        sum(assessments.organisations) as organisations,
        sum(case when assessments.is_late then assessments.organisations else 0 end) as published_late
    from {{ ref('int_assessments_counted') }} as assessments
    inner join placed
        on
            assessments.snapshot_date = placed.snapshot_date
            and assessments.commissioner_as_exported = placed.commissioner_as_exported
    inner join icbs on placed.snapshot_date = icbs.snapshot_date and placed.icb_code = icbs.icb_code
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
    cast(organisations as bigint) as organisations,
    organisations / cast(sum(organisations) over (partition by snapshot_date, icb_code, sector) as double) as share,
    cast(published_late as bigint) as published_late
from counted
