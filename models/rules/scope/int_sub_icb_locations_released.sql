-- Sub-ICB locations (the CCGs of before July 2022) as each release of ODS lists them. The file holds commissioning hubs
-- too (sub-type H), which commission nothing locally and are out of scope.
-- Grain: one row per release and sub-ICB location.
with commissioners as (
    select * from {{ ref('ods_commissioners') }}
)

select
    release_date,
    organisation_code,
    organisation_name,
    'Sub-ICB location (CCG)' as organisation_type,
    icb_code,
    opened_on,
    closed_on
from commissioners
where sub_type = 'C'
