-- How many of the organisations that should have published (R13) have the same standing, where their list places them.
-- Grain: one row per snapshot of a whole export, sector, place of the list, standing, and whether dormant.
{% set columns = 'sector, listed_place_code, sub_icb_location_code, standing, is_dormant' %}
with standing as (
    select * from {{ ref('int_sector_standing') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
    where completeness = 'whole'
),

places as (
    select * from {{ ref('int_listed_places') }}
),

levels as ({{ levels_of('standing', columns, 'held_from', 'held_to') }})

select
    snapshots.snapshot_date,
    snapshots.reporting_edition as edition,
    levels.{{ columns | replace(', ', ', levels.') }},
    places.sub_icb_location_name,
    places.icb_code,
    places.icb_name,
    places.region_code,
    places.region_name,
    levels.organisations
from snapshots
inner join levels
    on snapshots.snapshot_date >= levels.changed_on and snapshots.snapshot_date < levels.until
left join places
    on
        snapshots.snapshot_date = places.snapshot_date
        and levels.sector = places.sector
        and levels.listed_place_code = places.listed_place_code
where levels.organisations > 0
