-- How the GP practices and community pharmacies that should have published stand (R13), in England and in each region,
-- ICB and, of practices, sub-ICB location. Who has no place has the code `none`, so that the parts of each level add up
-- to England.
-- Grain: one row per snapshot of a whole export, sector, level, code and standing (or Total), zeros included.
with expected as (
    select
        *,
        coalesce(region_code, 'none') as region,
        coalesce(icb_code, 'none') as icb,
        case when sector = 'GP practice' then coalesce(sub_icb_location_code, 'none') end as location
    from {{ ref('fct_sector_standing') }}
),

standings as (
    select * from {{ ref('dim_standings') }}
),

counted as (
    select
        snapshot_date,
        edition,
        sector,
        coalesce(standing, 'Total') as standing,
        case
            when grouping(location) = 0 then 'sub-ICB location'
            when grouping(icb) = 0 then 'icb'
            when grouping(region) = 0 then 'region'
            else 'England'
        end as level,
        coalesce(location, icb, region, 'E92000001') as code,
        case
            when grouping(location) = 0 then coalesce(max(sub_icb_location_name), location)
            when grouping(icb) = 0 then coalesce(max(icb_name), 'Not in an ICB')
            when grouping(region) = 0 then coalesce(max(region_name), 'Not in a region')
            else 'England'
        end as name,
        count(*) as organisations,
        count(case when is_dormant then 1 end) as dormant
    from expected
    group by snapshot_date, edition, sector, cube(standing), grouping sets ((), (region), (icb), (location))
    having grouping(location) = 1 or location is not null
),

places as (
    select * from counted
    where standing = 'Total'
),

cells as (
    select
        places.*,
        standings.standing as standing_of_cell,
        standings.standing_order
    from places
    cross join standings

    union all

    select
        *,
        standing as standing_of_cell,
        cast(null as int) as standing_order
    from places
)

select
    cells.snapshot_date,
    cells.edition,
    cells.sector,
    cells.level,
    cells.code,
    cells.name,
    cells.standing_of_cell as standing,
    cells.standing_order,
    coalesce(counted.organisations, 0) as organisations,
    coalesce(counted.dormant, 0) as dormant,
    coalesce(counted.organisations, 0) / cast(cells.organisations as double) as share
from cells
left join counted
    on
        cells.snapshot_date = counted.snapshot_date
        and cells.sector = counted.sector
        and cells.level = counted.level
        and cells.code = counted.code
        and cells.standing_of_cell = counted.standing
