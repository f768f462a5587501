-- Where the places of the lists (R13) were on each census date: a practice is listed in a sub-ICB location, and a
-- pharmacy in an ICB.
-- Grain: one row per snapshot, sector and place known on the census date.
with locations as (
    select * from {{ ref('int_locations_at_census') }}
),

icbs as (
    select * from {{ ref('int_icbs_at_census') }}
)

select
    snapshot_date,
    'GP practice' as sector,
    location_code as listed_place_code,
    location_name as sub_icb_location_name,
    icb_code,
    icb_name,
    region_code,
    region_name
from locations

union all

select
    snapshot_date,
    'Community pharmacy' as sector,
    icb_code as listed_place_code,
    cast(null as string) as sub_icb_location_name,
    icb_code,
    icb_name,
    region_code,
    region_name
from icbs
