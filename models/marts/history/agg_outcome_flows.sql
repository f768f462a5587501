-- How many organisations moved from each outcome to each other, between neighbouring snapshots and between the newest
-- snapshots of neighbouring editions. Only organisations in scope on both sides count; fct_outcome_changes has those
-- that entered or left. A Total exists only if both sides have the same types of organisation (R12).
-- Grain: one row per comparison, pair of snapshots, organisation type (or Total) and pair of outcomes.
with changes as (
    select * from {{ ref('fct_outcome_changes') }}
),

outcomes as (
    select * from {{ ref('dim_outcomes') }}
),

flowing as (
    select * from changes
    where from_outcome is not null and to_outcome is not null
),

counted as (
    select
        comparison,
        from_snapshot_date,
        from_edition,
        to_snapshot_date,
        to_edition,
        from_days_after_deadline,
        to_days_after_deadline,
        comparable,
        coalesce(organisation_type, 'Total') as organisation_type,
        from_outcome,
        to_outcome,
        kind,
        count(*) as organisations
    from flowing
    group by
        comparison, from_snapshot_date, from_edition, to_snapshot_date, to_edition, from_days_after_deadline,
        to_days_after_deadline, comparable, same_types, from_outcome, to_outcome, kind, cube(organisation_type)
    having organisation_type is not null or same_types
)

select
    counted.comparison,
    counted.from_snapshot_date,
    counted.from_edition,
    counted.to_snapshot_date,
    counted.to_edition,
    counted.from_days_after_deadline,
    counted.to_days_after_deadline,
    counted.comparable,
    counted.organisation_type,
    counted.from_outcome,
    counted.to_outcome,
    from_outcomes.outcome_order as from_order,
    to_outcomes.outcome_order as to_order,
    counted.kind,
    counted.organisations,
    cast(sum(counted.organisations) over (
        partition by counted.comparison, counted.to_snapshot_date, counted.organisation_type, counted.from_outcome
    ) as bigint) as from_organisations,
    cast(sum(counted.organisations) over (
        partition by counted.comparison, counted.to_snapshot_date, counted.organisation_type, counted.to_outcome
    ) as bigint) as to_organisations
from counted
left join outcomes as from_outcomes on counted.from_outcome = from_outcomes.outcome
left join outcomes as to_outcomes on counted.to_outcome = to_outcomes.outcome
