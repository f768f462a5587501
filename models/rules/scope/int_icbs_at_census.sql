-- The ICBs that were open on each snapshot's census date, with the name and region of that time.
-- Grain: one row per snapshot and open ICB.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
),

icbs as (
    select * from {{ ref('int_icbs_released') }}
),

regions as (
    select * from {{ ref('ons_regions') }}
),

open_icbs as (
    select
        snapshots.snapshot_date,
        snapshots.census_on,
        icbs.icb_code,
        icbs.icb_ons_code,
        icbs.icb_name,
        icbs.region_code,
        {{ nearness_rank(
            'snapshots.snapshot_date, icbs.icb_code', 'icbs.release_date', 'snapshots.census_on'
        ) }} as nearness_rank
    from snapshots
    inner join periods on {{ is_open_on('snapshots.census_on', 'periods') }}
    inner join icbs on periods.organisation_code = icbs.icb_code
),

with_regions as (
    select
        open_icbs.*,
        regions.region_name,
        {{ nearness_rank(
            'open_icbs.snapshot_date, open_icbs.icb_code', 'regions.release_date', 'open_icbs.census_on'
        ) }} as region_nearness_rank
    from open_icbs
    left join regions on open_icbs.region_code = regions.region_code
    where open_icbs.nearness_rank = 1
)

select
    snapshot_date,
    icb_code,
    icb_ons_code,
    icb_name,
    region_code,
    region_name
from with_regions
where region_nearness_rank = 1
