-- The standing (R13) of each organisation that should have published, from its own outcome and its row in the export.
-- Grain: one row per organisation expected and run of days on which nothing about it changes.
with runs as (
    select * from {{ ref('int_sector_runs') }}
),

own as (
    select * from {{ ref('int_outcomes_own') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
)

select
    runs.edition,
    runs.sector,
    runs.organisation_code,
    runs.organisation_name,
    runs.postcode,
    runs.listed_place_code,
    runs.sub_icb_location_code,
    runs.is_dormant,
    runs.held_from,
    runs.held_to,
    case
        when outcomes.meets_standard then 'met or exceeded'
        when own.outcome is not null then 'other outcome'
        when assessments.edition is not null then 'older edition'
        when assessments.organisation_code is not null then 'nothing published'
        else 'not in the export'
    end as standing,
    own.outcome,
    assessments.status as own_status,
    case when own.outcome is null then assessments.published_on else own.published_on end as published_on
from runs
left join own
    on runs.organisation_code = own.organisation_code and runs.held_from between own.held_from and own.held_to
left join outcomes on own.outcome = outcomes.outcome
left join assessments
    on
        runs.organisation_code = assessments.organisation_code
        and runs.held_from between assessments.first_snapshot_date and assessments.last_snapshot_date
