-- Who moved between two snapshots or two editions: improved or worsened by the order of outcomes, stayed, came or went.
-- An export shows only today's status, so this is what keeping exports is for.
-- Grain: one row per comparison, pair of snapshots and organisation in scope of either.
with pairs as (
    select * from {{ ref('int_snapshots_compared') }}
),

compliance as (
    select * from {{ ref('fct_compliance') }}
),

outcomes as (
    select * from {{ ref('dim_outcomes') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
),

successions as (
    select * from {{ ref('stg_ods__successions') }}
),

-- each organisation once, with its row on either side (two left joins stand for a full join)
organisations as (
    select distinct
        pairs.*,
        compliance.organisation_code
    from pairs
    inner join compliance on compliance.snapshot_date in (pairs.from_snapshot_date, pairs.to_snapshot_date)
),

both_sides as (
    select
        organisations.*,
        periods.organisation_type,
        earlier.outcome as from_outcome,
        later.outcome as to_outcome,
        earlier_order.outcome_order as from_order,
        later_order.outcome_order as to_order,
        periods.opened_on > organisations.from_census_on as is_opened,
        periods.closed_on < organisations.to_census_on as is_closed
    from organisations
    left join periods on organisations.organisation_code = periods.organisation_code
    left join compliance as earlier
        on
            organisations.from_snapshot_date = earlier.snapshot_date
            and organisations.organisation_code = earlier.organisation_code
    left join compliance as later
        on
            organisations.to_snapshot_date = later.snapshot_date
            and organisations.organisation_code = later.organisation_code
    left join outcomes as earlier_order on earlier.outcome = earlier_order.outcome
    left join outcomes as later_order on later.outcome = later_order.outcome
),

successors as (
    select
        both_sides.comparison,
        both_sides.to_snapshot_date,
        both_sides.organisation_code,
        {{ list_of('successions.successor_code') }} as successor
    from both_sides
    inner join successions
        on
            both_sides.organisation_code = successions.predecessor_code
            and both_sides.to_snapshot_date >= successions.effective_on
    where both_sides.to_outcome is null and both_sides.is_closed
    group by both_sides.comparison, both_sides.to_snapshot_date, both_sides.organisation_code
)

select
    both_sides.comparison,
    both_sides.organisation_code,
    both_sides.organisation_type,
    both_sides.from_snapshot_date,
    both_sides.from_edition,
    both_sides.from_outcome,
    both_sides.to_snapshot_date,
    both_sides.to_edition,
    both_sides.to_outcome,
    case
        when both_sides.from_outcome is null then 'entered'
        when both_sides.to_outcome is null then 'left'
        when not both_sides.comparable then null
        when both_sides.to_order < both_sides.from_order then 'improved'
        when both_sides.to_order > both_sides.from_order then 'worsened'
        else 'unchanged'
    end as kind,
    case
        when both_sides.from_outcome is null then case when both_sides.is_opened then 'opened' else 'new in scope' end
    end as entered_because,
    case
        when both_sides.to_outcome is null then case when both_sides.is_closed then 'closed' else 'out of scope' end
    end as left_because,
    successors.successor,
    both_sides.comparable
from both_sides
left join successors
    on
        both_sides.comparison = successors.comparison
        and both_sides.to_snapshot_date = successors.to_snapshot_date
        and both_sides.organisation_code = successors.organisation_code
