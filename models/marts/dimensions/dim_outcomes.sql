-- The outcomes that an assessment can have, with their points, their order (R7), and the colours and symbols that
-- figures use for them.
-- Grain: one row per outcome.
with outcomes as (
    select * from {{ ref('dspt_outcomes') }}
)

select
    outcome,
    points,
    outcome_order,
    colour,
    pattern,
    marker,
    always_shown,
    meets_standard,
    meaning
from outcomes
