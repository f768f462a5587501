-- The outcome of every organisation in scope: its own (R4), else inherited (R5), else Not Published (R6). All joins are
-- left joins from the scope, so that no organisation can fall out.
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

own_outcomes as (
    select * from {{ ref('int_outcomes_own') }}
),

inherited_outcomes as (
    select * from {{ ref('int_outcomes_inherited') }}
),

editions as (
    select * from {{ ref('dim_editions') }}
),

outcomes as (
    select * from {{ ref('dim_outcomes') }}
),

decided as (
    select
        in_scope.snapshot_date,
        in_scope.reporting_edition as edition,
        in_scope.organisation_code,
        placed.organisation_name,
        in_scope.organisation_type,
        placed.icb_code,
        placed.icb_name,
        placed.region_code,
        placed.region_name,
        assessments.status as own_status,
        coalesce(own_outcomes.outcome, inherited_outcomes.outcome, 'Not Published') as outcome,
        coalesce(
            own_outcomes.outcome_basis,
            case when inherited_outcomes.outcome is not null then 'inherited' end,
            'not published'
        ) as outcome_basis,
        inherited_outcomes.inherited_from,
        inherited_outcomes.inheritance_path,
        coalesce(own_outcomes.published_on, inherited_outcomes.published_on) as published_on
    from in_scope
    left join placed
        on in_scope.snapshot_date = placed.snapshot_date and in_scope.organisation_code = placed.organisation_code
    left join assessments
        on
            in_scope.snapshot_date = assessments.snapshot_date
            and in_scope.organisation_code = assessments.organisation_code
    left join own_outcomes
        on
            in_scope.snapshot_date = own_outcomes.snapshot_date
            and in_scope.organisation_code = own_outcomes.organisation_code
    left join inherited_outcomes
        on
            in_scope.snapshot_date = inherited_outcomes.snapshot_date
            and in_scope.organisation_code = inherited_outcomes.organisation_code
)

select
    decided.snapshot_date,
    decided.edition,
    decided.organisation_code,
    decided.organisation_name,
    decided.organisation_type,
    decided.icb_code,
    decided.icb_name,
    decided.region_code,
    decided.region_name,
    decided.own_status,
    decided.outcome,
    outcomes.points,
    decided.outcome_basis,
    decided.inherited_from,
    decided.inheritance_path,
    decided.published_on,
    case
        when decided.outcome_basis = 'own'
            then {{ dbt.datediff('editions.deadline_on', 'decided.published_on', 'day') }}
    end as days_after_deadline
from decided
left join editions on decided.edition = editions.edition
left join outcomes on decided.outcome = outcomes.outcome
