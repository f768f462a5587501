-- Every organisation in scope, with its place, outcome and points, once the exports have passed the plausibility check.
-- Every figure on these organisations comes from here, except trusts_by_own_code, which repeats a published method.
-- Grain: one row per snapshot and organisation in scope.
-- depends_on: {{ ref('int_doubts') }}
{{ config(materialized='view') }}
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
    place_release_date,
    is_placed_later,
    own_status,
    outcome_status,
    outcome_seen_on,
    is_in_export,
    outcome,
    points,
    outcome_basis,
    inherited_from,
    inheritance_path,
    published_on,
    days_after_deadline
from {{ ref('int_organisations_assessed') }}
