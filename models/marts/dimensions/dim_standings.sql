-- The possible standings of an organisation that should have published (R13), and what each means.
-- Grain: one row per standing.
with standings as (
    select * from {{ ref('sector_standings') }}
)

select
    standing,
    standing_order,
    meaning
from standings
