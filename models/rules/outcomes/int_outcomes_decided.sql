-- The outcome that counts for every organisation in scope: its own (R4), else inherited (R5), else Not Published (R6).
-- Both joins are left joins from the scope, so that no organisation can fall out.
-- Grain: one row per snapshot and organisation in scope.
with in_scope as (
    select * from {{ ref('int_organisations_in_scope') }}
),

own_outcomes as (
    select * from {{ ref('int_outcomes_own') }}
),

inherited_outcomes as (
    select * from {{ ref('int_outcomes_inherited') }}
)

select
    in_scope.snapshot_date,
    in_scope.reporting_edition,
    in_scope.organisation_code,
    in_scope.organisation_type,
    coalesce(own_outcomes.outcome, inherited_outcomes.outcome, 'Not Published') as outcome,
    case
        when own_outcomes.outcome is not null then own_outcomes.outcome_basis
        when inherited_outcomes.outcome is not null then 'inherited'
        else 'not published'
    end as outcome_basis,
    inherited_outcomes.inherited_from,
    inherited_outcomes.inheritance_path,
    coalesce(own_outcomes.published_on, inherited_outcomes.published_on) as published_on
from in_scope
left join own_outcomes
    on
        in_scope.snapshot_date = own_outcomes.snapshot_date
        and in_scope.organisation_code = own_outcomes.organisation_code
left join inherited_outcomes
    on
        in_scope.snapshot_date = inherited_outcomes.snapshot_date
        and in_scope.organisation_code = inherited_outcomes.organisation_code
