-- Every organisation that is in scope of some snapshot, with the newest facts on it.
-- Grain: one row per organisation.
with organisations as (
    select * from {{ ref('int_organisations_described') }}
)

select
    organisation_code,
    organisation_name,
    organisation_type,
    icb_code,
    region_code,
    opened_on,
    closed_on,
    latitude,
    longitude
from organisations
