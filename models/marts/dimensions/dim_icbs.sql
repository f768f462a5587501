-- Integrated care boards. They merge and ONS reissues their codes, so each release keeps its own.
-- Grain: one row per ICB and release.
with icbs as (
    select * from {{ ref('int_icbs_released') }}
)

select
    icb_code,
    icb_ons_code,
    icb_name,
    region_code,
    release_date
from icbs
