-- The organisations whose outcome another one may inherit (R5): its successors (`RVY > RBN`) and, if it is new, its
-- predecessors (`G6V2S < RRP`), generation by generation. The walk goes at most five generations deep and never round
-- in a loop. Forwards and backwards are one walk over the same successions, read from either end.
-- Grain: one row per snapshot, organisation (in scope or not) and path.
with recursive snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
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
        snapshots.snapshot_date,
        steps.from_code as organisation_code,
        steps.direction,
        steps.to_code as relative_code,
        1 as generation,
        steps.from_code || ' ' || steps.direction || ' ' || steps.to_code as path
    from snapshots
    inner join editions on snapshots.reporting_edition = editions.edition
    inner join steps on snapshots.snapshot_date >= steps.effective_on
    left join periods on steps.from_code = periods.organisation_code
    -- an organisation that opened after the deadline could not have published the edition
    where steps.direction = '>' or periods.opened_on > editions.deadline_on

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
        -- an organisation that is on the path already would lead round in a loop
        and position(' ' || steps.to_code || ' ' in ' ' || walk.path || ' ') = 0
)

select * from walk
