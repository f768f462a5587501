-- The yearly editions of the toolkit: the deadline of each, which organisations it counts, and its framework.
-- Grain: one row per edition.
with editions as (
    select * from {{ ref('int_editions') }}
)

select
    edition,
    deadline_on,
    census_on,
    commissioner_type,
    framework
from editions
