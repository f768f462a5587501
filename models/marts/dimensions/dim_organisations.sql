-- Every organisation that is in scope of some snapshot, with the newest facts on it.
-- Grain: one row per organisation.
with organisations as (
    select * from {{ ref('int_organisations_described') }}
),

display_names as (
    select * from {{ ref('int_display_names') }}
)

select
    organisations.organisation_code,
    organisations.organisation_name,
    display_names.display_name,
    organisations.organisation_type,
    organisations.type_order,
    organisations.icb_code,
    organisations.region_code,
    organisations.opened_on,
    organisations.closed_on,
    organisations.latitude,
    organisations.longitude
from organisations
left join display_names on organisations.organisation_name = display_names.organisation_name
