-- NHS England's regions. ONS has reissued their codes, so each release keeps its own.
-- Grain: one row per region and release.
with regions as (
    select * from {{ ref('ons_regions') }}
)

select
    region_code,
    region_ons_code,
    region_name,
    release_date
from regions
