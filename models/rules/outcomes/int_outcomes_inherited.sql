-- The outcome that an organisation without one takes over from its successors (R5): a trust that has merged is answered
-- for by the trust it merged into (RVY > RBN). The nearest generation that has an outcome gives it; where a trust was
-- split (RW6 into RM3 and R0A), the lowest counts, so that nobody gains by a split.
-- Grain: one row per snapshot and organisation that inherits.
with recursive in_scope as (
    select * from {{ ref('int_organisations_in_scope') }}
),

own_outcomes as (
    select * from {{ ref('int_outcomes_own') }}
),

successions as (
    select * from {{ ref('int_successions_corrected') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

walk as (
    select
        in_scope.snapshot_date,
        in_scope.organisation_code,
        successions.successor_code,
        1 as generation,
        in_scope.organisation_code || ' > ' || successions.successor_code as inheritance_path
    from in_scope
    inner join successions
        on
            in_scope.organisation_code = successions.predecessor_code
            and in_scope.snapshot_date >= successions.effective_on
    left join own_outcomes
        on
            in_scope.snapshot_date = own_outcomes.snapshot_date
            and in_scope.organisation_code = own_outcomes.organisation_code
    where own_outcomes.organisation_code is null

    union all

    select
        walk.snapshot_date,
        walk.organisation_code,
        successions.successor_code,
        walk.generation + 1 as generation,
        walk.inheritance_path || ' > ' || successions.successor_code as inheritance_path
    from walk
    inner join successions
        on
            walk.successor_code = successions.predecessor_code
            and walk.snapshot_date >= successions.effective_on
    where
        walk.generation < 5
        -- who is on the path already would lead round in a loop
        and position(' > ' || successions.successor_code || ' > ' in ' > ' || walk.inheritance_path || ' > ') = 0
),

found as (
    select
        walk.snapshot_date,
        walk.organisation_code,
        own_outcomes.outcome,
        walk.successor_code as inherited_from,
        walk.inheritance_path,
        own_outcomes.published_on,
        row_number() over (
            partition by walk.snapshot_date, walk.organisation_code
            order by
                walk.generation asc, outcomes.outcome_order desc, walk.successor_code asc, walk.inheritance_path asc
        ) as best_first
    from walk
    inner join own_outcomes
        on walk.snapshot_date = own_outcomes.snapshot_date and walk.successor_code = own_outcomes.organisation_code
    inner join outcomes on own_outcomes.outcome = outcomes.outcome
)

select
    snapshot_date,
    organisation_code,
    outcome,
    inherited_from,
    inheritance_path,
    published_on
from found
where best_first = 1
