-- Who may answer for an organisation in scope (R5): those that succeeded it (`RVY > RBN`) and, where it is new, those
-- that it came from (`G6V2S < RRP`), generation by generation, at most five deep and never round in a loop. Forwards
-- and backwards are one walk over the same successions, read from the one end or from the other.
-- Grain: one row per snapshot, organisation in scope and path.
with recursive in_scope as (
    select * from {{ ref('int_organisations_in_scope') }}
),

successions as (
    select * from {{ ref('int_successions_corrected') }}
),

steps as (
    select
        '>' as direction,
        predecessor_code as from_code,
        successor_code as to_code,
        effective_on
    from successions

    union all

    select
        '<' as direction,
        successor_code as from_code,
        predecessor_code as to_code,
        effective_on
    from successions
),

walk as (
    select
        in_scope.snapshot_date,
        in_scope.organisation_code,
        steps.direction,
        steps.to_code as relative_code,
        1 as generation,
        in_scope.organisation_code || ' ' || steps.direction || ' ' || steps.to_code as path
    from in_scope
    inner join steps
        on in_scope.organisation_code = steps.from_code and in_scope.snapshot_date >= steps.effective_on
    where steps.direction = '>' or in_scope.is_new

    union all

    select
        walk.snapshot_date,
        walk.organisation_code,
        walk.direction,
        steps.to_code as relative_code,
        walk.generation + 1 as generation,
        walk.path || ' ' || walk.direction || ' ' || steps.to_code as path
    from walk
    inner join steps
        on
            walk.direction = steps.direction
            and walk.relative_code = steps.from_code
            and walk.snapshot_date >= steps.effective_on
    where
        walk.generation < 5
        -- who is on the path already would lead round in a loop
        and position(' ' || steps.to_code || ' ' in ' ' || walk.path || ' ') = 0
)

select * from walk
