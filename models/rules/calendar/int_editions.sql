-- The yearly editions in order, each with the deadlines of its neighbours: an edition can be published between those
-- two days.
-- Grain: one row per edition.
with editions as (
    select * from {{ ref('dspt_editions') }}
)

select
    edition,
    deadline_on,
    census_on,
    commissioner_type,
    framework,
    row_number() over (order by deadline_on) as edition_order,
    lag(deadline_on) over (order by deadline_on) as previous_deadline_on,
    lead(deadline_on) over (order by deadline_on) as next_deadline_on
from editions
