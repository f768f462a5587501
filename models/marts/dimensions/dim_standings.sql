-- The ways in which an organisation that should have published can stand (R13), and what each says.
-- Grain: one row per standing.
with standings as (
    select * from {{ ref('sector_standings') }}
)

select
    standing,
    standing_order,
    meaning
from standings
