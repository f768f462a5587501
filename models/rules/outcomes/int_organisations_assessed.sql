-- Every organisation in scope, with its place, outcome and points. Its own outcome counts (R4), otherwise the inherited
-- one (R5), otherwise Not Published (R6). All joins are left joins from the scope, so no organisation can drop out.
-- Grain: one row per snapshot and organisation in scope.
with in_scope as (
    select * from {{ ref('int_organisations_in_scope') }}
),

placed as (
    select * from {{ ref('int_organisations_placed') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

own as (
    select * from {{ ref('int_outcomes_own') }}
),

inherited as (
    select * from {{ ref('int_outcomes_inherited') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

types as (
    select * from {{ ref('organisation_types') }}
)

select
    in_scope.snapshot_date,
    in_scope.reporting_edition as edition,
    in_scope.organisation_code,
    placed.organisation_name,
    in_scope.organisation_type,
    types.type_order,
    types.side,
    placed.icb_code,
    placed.icb_name,
    placed.region_code,
    placed.region_name,
    placed.place_release_date,
    placed.is_placed_later,
    assessments.status as own_status,
    coalesce(own.status, inherited.status) as outcome_status,
    coalesce(own.seen_on, inherited.seen_on) as outcome_seen_on,
    assessments.organisation_code is not null as is_in_export,
    coalesce(own.outcome, inherited.outcome, 'Not Published') as outcome,
    outcomes.points,
    coalesce(own.outcome_basis, case when inherited.outcome is null then 'not published' else 'inherited' end)
        as outcome_basis,
    inherited.inherited_from,
    inherited.inheritance_path,
    coalesce(own.published_on, inherited.published_on) as published_on,
    -- only for an outcome of the edition itself (R9)
    case when own.outcome_basis = 'own' then {{ days_between('editions.deadline_on', 'own.published_on') }} end
        as days_after_deadline
from in_scope
left join placed
    on in_scope.snapshot_date = placed.snapshot_date and in_scope.organisation_code = placed.organisation_code
left join assessments
    on
        in_scope.organisation_code = assessments.organisation_code
        and in_scope.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
left join own
    on
        in_scope.organisation_code = own.organisation_code
        and in_scope.snapshot_date between own.held_from and own.held_to
left join inherited
    on in_scope.snapshot_date = inherited.snapshot_date and in_scope.organisation_code = inherited.organisation_code
left join editions on in_scope.reporting_edition = editions.edition
left join outcomes on coalesce(own.outcome, inherited.outcome, 'Not Published') = outcomes.outcome
left join types on in_scope.organisation_type = types.organisation_type
