-- The yearly editions of the toolkit: when each was due, whom it counts, and which framework it asks for.
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
