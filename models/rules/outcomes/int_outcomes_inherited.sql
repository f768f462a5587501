-- The outcome that an organisation without its own inherits (R5). It comes from its successors (RVY > RBN) or, if it
-- is new and they have none, from its predecessors (G6V2S < RRP). The nearest generation with an outcome decides. If
-- that generation has several (RW6 was split into RM3 and R0A), the lowest counts, so that no organisation gains by a
-- split or a merger.
-- Grain: one row per snapshot and organisation that inherits.
with walk as (
    select * from {{ ref('int_successions_walked') }}
),

own as (
    select * from {{ ref('int_outcomes_own') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

found as (
    select
        walk.snapshot_date,
        walk.organisation_code,
        theirs.outcome,
        theirs.status,
        theirs.seen_on,
        walk.relative_code as inherited_from,
        walk.path as inheritance_path,
        theirs.published_on,
        row_number() over (
            partition by walk.snapshot_date, walk.organisation_code
            order by walk.direction = '<', walk.generation, -outcomes.outcome_order, walk.relative_code, walk.path
        ) as preference_rank
    from walk
    inner join own as theirs
        on
            walk.relative_code = theirs.organisation_code
            and walk.snapshot_date between theirs.held_from and theirs.held_to
    inner join outcomes on theirs.outcome = outcomes.outcome
    left join own
        on walk.organisation_code = own.organisation_code and walk.snapshot_date between own.held_from and own.held_to
    where own.organisation_code is null
)

select
    snapshot_date,
    organisation_code,
    outcome,
    status,
    seen_on,
    inherited_from,
    inheritance_path,
    published_on
from found
where preference_rank = 1
