-- The GP practices and community pharmacies that should have published (R13), and the standing of each. This is a view,
-- like fct_assessments: the rows are stored as the runs in which they stayed the same.
-- Grain: one row per snapshot of a whole export and organisation expected in it.
{{ config(materialized='view') }}
with standing as (
    select * from {{ ref('int_sector_standing') }}
),

display_names as (
    select * from {{ ref('int_display_names') }}
)

select
    standing.snapshot_date,
    standing.edition,
    standing.sector,
    standing.organisation_code,
    standing.organisation_name,
    display_names.display_name,
    standing.postcode,
    {{ regex_group('standing.postcode', '^([A-Z]+[0-9][0-9A-Z]?) ', 1) }} as postcode_district,
    standing.icb_code,
    standing.icb_name,
    standing.sub_icb_location_code,
    standing.sub_icb_location_name,
    standing.region_code,
    standing.region_name,
    standing.standing,
    standing.outcome,
    standing.own_status,
    standing.published_on,
    standing.is_dormant
from standing
left join display_names on standing.organisation_name = display_names.organisation_name
