-- The outcomes of each type of organisation, edition by edition, up to a snapshot, as its page charts them. By type
-- only, because editions count different types of commissioner (R12).
-- Grain: one row per snapshot, edition up to its own, organisation type and outcome.
with series as (
    select * from {{ ref('int_snapshot_series') }}
),

outcomes_by_type as (
    select * from {{ ref('agg_outcomes_by_type') }}
)

select
    series.snapshot_date,
    series.edition,
    series.as_of,
    series.as_of_days_after_deadline,
    series.comparable,
    outcomes_by_type.organisation_type,
    outcomes_by_type.type_order,
    outcomes_by_type.outcome,
    outcomes_by_type.organisations,
    outcomes_by_type.share
from series
inner join outcomes_by_type on series.as_of = outcomes_by_type.snapshot_date
where outcomes_by_type.organisation_type != 'Total' and outcomes_by_type.outcome != 'Total'
