-- The standing of the GP practices and community pharmacies that should have published (R13), in England and in each
-- region, ICB and, for practices, sub-ICB location. Organisations without a place have the code `none`, so that the
-- parts of each level add up to England.
-- Grain: one row per snapshot of a whole export, sector, level, code and standing (or Total), zeros included.
with counts as (
    select * from {{ ref('int_standings_counted') }}
),

standings as (
    select * from {{ ref('dim_standings') }}

    union all

    select
        'Total' as standing,
        null as standing_order,
        null as meaning
),

counted as (
    select
        snapshot_date,
        edition,
        sector,
        coalesce(standing, 'Total') as standing,
        case
            when grouping(sub_icb_location_code) = 0 then 'sub-ICB location'
            when grouping(icb_code) = 0 then 'icb'
            when grouping(region_code) = 0 then 'region'
            else 'England'
        end as level,
        coalesce(sub_icb_location_code, icb_code, region_code) as code,
        case
            when grouping(sub_icb_location_code) = 0 then coalesce(max(sub_icb_location_name), sub_icb_location_code)
            when grouping(icb_code) = 0 then max(icb_name)
            when grouping(region_code) = 0 then max(region_name)
        end as name,
        max(region_name) as region_name,
        cast(sum(organisations) as bigint) as organisations,
        cast(sum(case when is_dormant then organisations end) as bigint) as dormant
    from counts
    group by snapshot_date, edition, sector, cube(standing), rollup(region_code, icb_code, sub_icb_location_code)
),

places as (
    select
        *,
        max(snapshot_date) over (partition by sector, level, code) as newest_snapshot_date
    from counted
    where standing = 'Total' and (level != 'sub-ICB location' or sector = 'GP practice')
)

select
    places.snapshot_date,
    places.edition,
    places.sector,
    case places.sector when 'GP practice' then 'practices' else 'pharmacies' end as sector_plural,
    places.level,
    {{ place_code('places.level', 'places.code') }} as code,
    case when places.level = 'England' then 'England' else coalesce(places.name, 'Not placed') end as name,
    case when places.level != 'England' then places.region_name end as region_name,
    standings.standing,
    standings.standing_order,
    coalesce(counted.organisations, 0) as organisations,
    places.organisations as expected,
    coalesce(counted.dormant, 0) as dormant,
    coalesce(counted.organisations, 0) / cast(places.organisations as double) as share,
    places.snapshot_date = places.newest_snapshot_date as is_newest
from places
cross join standings
left join counted
    on
        places.snapshot_date = counted.snapshot_date
        and places.sector = counted.sector
        and places.level = counted.level
        and places.code is not distinct from counted.code
        and standings.standing = counted.standing
