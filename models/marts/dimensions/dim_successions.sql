-- Which organisation took over which, with names: what the page of an organisation says about its past and future.
-- Grain: one row per predecessor and successor.
with successions as (
    select * from {{ ref('int_successions_corrected') }}
),

organisations as (
    select * from {{ ref('dim_organisations') }}
)

select
    successions.predecessor_code,
    predecessors.display_name as predecessor_name,
    successions.successor_code,
    successors.display_name as successor_name,
    successions.effective_on
from successions
left join organisations as predecessors on successions.predecessor_code = predecessors.organisation_code
left join organisations as successors on successions.successor_code = successors.organisation_code
where predecessors.organisation_code is not null or successors.organisation_code is not null
