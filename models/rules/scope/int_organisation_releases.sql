-- Every organisation that could be in scope, as each release of each source lists it, in one form. A source without
-- dates says only that an organisation existed (has_dates is false).
-- Grain: one row per source, release and organisation.
select
    'ODS trusts' as source,
    release_date,
    organisation_code,
    organisation_name,
    organisation_type,
    icb_code,
    true as has_dates,
    opened_on,
    closed_on
from {{ ref('int_trusts_released') }}

union all

select
    'ODS sub-ICB locations' as source,
    release_date,
    organisation_code,
    organisation_name,
    organisation_type,
    icb_code,
    true as has_dates,
    opened_on,
    closed_on
from {{ ref('int_sub_icb_locations_released') }}

union all

select
    'ONS sub-ICB locations' as source,
    release_date,
    sub_icb_location_code as organisation_code,
    sub_icb_location_name as organisation_name,
    'Sub-ICB location (CCG)' as organisation_type,
    icb_code,
    false as has_dates,
    cast(null as date) as opened_on,
    cast(null as date) as closed_on
from {{ ref('ons_sub_icb_locations') }}

union all

select
    'ONS ICBs' as source,
    release_date,
    icb_code as organisation_code,
    icb_name as organisation_name,
    'Integrated Care Board (ICB)' as organisation_type,
    icb_code,
    false as has_dates,
    cast(null as date) as opened_on,
    cast(null as date) as closed_on
from {{ ref('int_icbs_released') }}

union all

select
    'ODS CSUs' as source,
    release_date,
    organisation_code,
    organisation_name,
    'Commissioning Support Unit (CSU)' as organisation_type,
    cast(null as string) as icb_code,
    false as has_dates,
    cast(null as date) as opened_on,
    cast(null as date) as closed_on
from {{ ref('ods_csus') }}
