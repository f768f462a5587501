-- How many GP practices and pharmacies others counted, next to the number that ODS lists as open. A count is for one
-- day or for any day of a year. A sector without a list is not compared.
-- Grain: one row per published count.
with published as (
    select * from {{ ref('int_list_counts_published') }}
)

select
    publication,
    sector,
    unit,
    open_from,
    open_to,
    published,
    computed,
    computed - published as difference,
    reason,
    source
from published
