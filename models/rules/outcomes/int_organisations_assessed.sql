-- Who was in scope, where, with what outcome and how many points: all that the rules say of an organisation.
-- All joins are left joins from the outcomes that were decided, so that no organisation can fall out.
-- Grain: one row per snapshot and organisation in scope.
with decided as (
    select * from {{ ref('int_outcomes_decided') }}
),

placed as (
    select * from {{ ref('int_organisations_placed') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

coordinates as (
    select * from {{ ref('ods_coordinates') }}
),

types as (
    select * from {{ ref('organisation_types') }}
)

select
    decided.snapshot_date,
    decided.reporting_edition as edition,
    decided.organisation_code,
    placed.organisation_name,
    decided.organisation_type,
    types.type_order,
    types.side,
    placed.icb_code,
    placed.icb_name,
    placed.region_code,
    placed.region_name,
    assessments.status as own_status,
    decided.outcome,
    outcomes.points,
    decided.outcome_basis,
    decided.inherited_from,
    decided.inheritance_path,
    decided.published_on,
    case
        when decided.outcome_basis = 'own'
            then {{ days_between('editions.deadline_on', 'decided.published_on') }}
    end as days_after_deadline,
    coordinates.latitude,
    coordinates.longitude
from decided
left join placed
    on decided.snapshot_date = placed.snapshot_date and decided.organisation_code = placed.organisation_code
left join assessments
    on
        decided.organisation_code = assessments.organisation_code
        and decided.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
left join editions on decided.reporting_edition = editions.edition
left join outcomes on decided.outcome = outcomes.outcome
left join types on decided.organisation_type = types.organisation_type
left join coordinates on decided.organisation_code = coordinates.organisation_code
