-- The outcome that an organisation without one takes over (R5): a trust that has merged is answered for by the trust it
-- merged into (RVY > RBN). Where no successor answers, a new organisation takes over what those had that it came from
-- (G6V2S < RRP). The nearest generation that has an outcome gives it; where it has several (RW6 was split into RM3 and
-- R0A), the lowest counts, so that nobody gains by a split or a merger.
-- Grain: one row per snapshot and organisation that inherits.
with walk as (
    select * from {{ ref('int_successions_walked') }}
),

own_outcomes as (
    select * from {{ ref('int_outcomes_own') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

found as (
    select
        walk.snapshot_date,
        walk.organisation_code,
        relatives.outcome,
        walk.relative_code as inherited_from,
        walk.path as inheritance_path,
        relatives.published_on,
        row_number() over (
            partition by walk.snapshot_date, walk.organisation_code
            order by
                case when walk.direction = '>' then 0 else 1 end,
                walk.generation asc, outcomes.outcome_order desc, walk.relative_code asc, walk.path asc
        ) as best_first
    from walk
    inner join own_outcomes as relatives
        on walk.snapshot_date = relatives.snapshot_date and walk.relative_code = relatives.organisation_code
    inner join outcomes on relatives.outcome = outcomes.outcome
    left join own_outcomes
        on walk.snapshot_date = own_outcomes.snapshot_date and walk.organisation_code = own_outcomes.organisation_code
    where own_outcomes.organisation_code is null
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
