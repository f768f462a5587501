-- Integrated care boards in each release: from the ONS lookups or, for a release without a lookup, from the list that
-- is kept by hand.
-- Grain: one row per release and ICB.
with lookups as (
    select * from {{ ref('ons_icbs') }}
),

hand_kept as (
    select * from {{ ref('ods_icbs') }}
)

select
    release_date,
    icb_code,
    icb_ons_code,
    icb_name,
    region_code
from lookups

union all

select
    release_date,
    icb_code,
    icb_ons_code,
    icb_name,
    region_code
from hand_kept
where release_date not in (select lookups.release_date from lookups)
