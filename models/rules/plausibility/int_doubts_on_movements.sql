-- Doubts about an export in which outcomes moved too far, in a type of at least 30 organisations. One outcome, or the
-- share that met or exceeded the standards, moved by more than 20 points. The most in real exports is 15 points, for
-- sub-ICB locations that met the standards from 18/19 to 20/21. A doubt about an export that DSPT_ACCEPT does not name
-- stops the build.
-- Grain: one row per doubt about an accepted export.
with movements as (
    select * from {{ ref('int_outcome_movements') }}
    where all_organisations >= 30 and all_organisations_before >= 30
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

moved as (
    select
        snapshot_date,
        date_before,
        organisation_type,
        outcome as moved_to,
        organisations,
        all_organisations,
        organisations_before,
        all_organisations_before
    from movements

    union all

    select
        movements.snapshot_date,
        movements.date_before,
        movements.organisation_type,
        'Standards Met or Exceeded' as moved_to,
        sum(movements.organisations) as organisations,
        movements.all_organisations,
        sum(movements.organisations_before) as organisations_before,
        movements.all_organisations_before
    from movements
    inner join outcomes on movements.outcome = outcomes.outcome and outcomes.meets_standard
    group by
        movements.snapshot_date, movements.date_before, movements.organisation_type, movements.all_organisations,
        movements.all_organisations_before
),

doubts as (
    select
        moved.snapshot_date,
        snapshots.source_file,
        concat_ws(
            '', 'has ', moved.organisations, ' of ', moved.all_organisations, ' organisations of type ',
            moved.organisation_type, ' with ', moved.moved_to, ', after ', moved.organisations_before, ' of ',
            moved.all_organisations_before, ' on ', moved.date_before
        ) as doubt
    from moved
    inner join snapshots on moved.snapshot_date = snapshots.snapshot_date
    -- in whole numbers, because in binary fractions 0.9 - 0.7 is more than 0.2
    where
        abs(
            moved.organisations * moved.all_organisations_before - moved.organisations_before * moved.all_organisations
        ) * 5 > moved.all_organisations * moved.all_organisations_before
)

select
    snapshot_date,
    source_file,
    doubt
from doubts
where {{ are_accepted('doubts') }}
