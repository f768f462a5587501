-- The outcomes that an assessment can have, with their points and their order (R7).
-- Grain: one row per outcome.
with outcomes as (
    select * from {{ ref('dspt_outcomes') }}
)

select
    outcome,
    points,
    outcome_order,
    colour,
    meets_standard,
    meaning
from outcomes
