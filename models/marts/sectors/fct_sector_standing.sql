-- The GP practices and community pharmacies that should have published (R13), and the standing of each. This is a view,
-- like fct_assessments: the rows are stored as the runs in which they stayed the same.
-- Grain: one row per snapshot of a whole export and organisation expected in it.
{{ config(materialized='view') }}
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
    where completeness = 'whole'
),

standing as (
    select * from {{ ref('int_sector_standing') }}
),

places as (
    select * from {{ ref('int_listed_places') }}
),

display_names as (
    select * from {{ ref('int_display_names') }}
)

select
    snapshots.snapshot_date,
    standing.edition,
    standing.sector,
    standing.organisation_code,
    standing.organisation_name,
    display_names.display_name,
    standing.postcode,
    {{ regex_group('standing.postcode', '^([A-Z]+[0-9][0-9A-Z]?) ', 1) }} as postcode_district,
    places.icb_code,
    places.icb_name,
    standing.sub_icb_location_code,
    places.sub_icb_location_name,
    places.region_code,
    places.region_name,
    standing.standing,
    standing.outcome,
    standing.own_status,
    standing.published_on,
    standing.is_dormant
from snapshots
inner join standing on snapshots.snapshot_date between standing.held_from and standing.held_to
left join places
    on
        snapshots.snapshot_date = places.snapshot_date
        and standing.sector = places.sector
        and standing.listed_place_code = places.listed_place_code
left join display_names on standing.organisation_name = display_names.organisation_name
