-- The ledger that every published figure comes from. It waits for the doubts about exports, which stop the build.
-- Grain: one row per snapshot and organisation in scope.
-- depends_on: {{ ref('int_doubts_accepted') }}
with assessed as (
    select * from {{ ref('int_organisations_assessed') }}
)

select
    snapshot_date,
    edition,
    organisation_code,
    organisation_name,
    organisation_type,
    type_order,
    side,
    icb_code,
    icb_name,
    region_code,
    region_name,
    own_status,
    outcome,
    points,
    outcome_basis,
    inherited_from,
    inheritance_path,
    published_on,
    days_after_deadline,
    latitude,
    longitude
from assessed
