-- The trusts of a snapshot with the point of their headquarters: what the map draws. A trust without a known point
-- keeps its row, so that the page can name it under the map.
-- Grain: one row per snapshot and trust in scope.
with compliance as (
    select * from {{ ref('fct_compliance') }}
),

organisations as (
    select * from {{ ref('dim_organisations') }}
)

select
    compliance.snapshot_date,
    compliance.organisation_code,
    compliance.organisation_name,
    compliance.icb_code,
    compliance.icb_name,
    compliance.outcome,
    organisations.latitude,
    organisations.longitude
from compliance
left join organisations on compliance.organisation_code = organisations.organisation_code
where compliance.organisation_type = 'NHS Trust'
