-- Doubts about an export in which outcomes moved too far, in a type with at least `judged_from` organisations. One
-- outcome, or the share that met or exceeded the standards, moved by more than `moved_percent` points. The most in real
-- exports is 15 points, for sub-ICB locations that met the standards from 18/19 to 20/21.
-- Grain: one row per doubt.
with movements as (
    select * from {{ ref('int_outcome_movements') }}
    where all_organisations >= {{ var('judged_from') }} and all_organisations_before >= {{ var('judged_from') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
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
)

select
    snapshot_date,
    concat_ws(
        '', 'has ', organisations, ' of ', all_organisations, ' organisations of type ',
        organisation_type, ' with ', moved_to, ', after ', organisations_before, ' of ',
        all_organisations_before, ' on ', date_before
    ) as doubt
from moved
where {{ has_moved(var('moved_percent')) }}
