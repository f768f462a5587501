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

counts as ({{ counts_by_day('standing', columns, 'held_from', 'held_to') }})

select
    snapshots.snapshot_date,
    snapshots.reporting_edition as edition,
    counts.{{ columns | replace(', ', ', counts.') }},
    places.sub_icb_location_name,
    places.icb_code,
    places.icb_name,
    places.region_code,
    places.region_name,
    counts.organisations
from snapshots
inner join counts
    on snapshots.snapshot_date >= counts.changed_on and snapshots.snapshot_date < counts.until
left join places
    on
        snapshots.snapshot_date = places.snapshot_date
        and counts.sector = places.sector
        and counts.listed_place_code = places.listed_place_code
where counts.organisations > 0
