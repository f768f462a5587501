-- The outcome that an organisation has of its own (R4), in scope or not: what it shows for the reporting edition in
-- this snapshot or an earlier one, the newest first (a status changes without a new date). Where only later editions
-- are shown, the earliest of them counts: who has published 22/23 has done no less than 21/22.
-- Grain: one row per snapshot and organisation that has one.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

-- only these can be asked for; the other 60,000 organisations of an export would be ranked for nothing
organisations as (
    select organisation_code from {{ ref('int_organisation_periods') }}

    union

    select successor_code as organisation_code from {{ ref('int_successions_corrected') }}

    union

    select predecessor_code as organisation_code from {{ ref('int_successions_corrected') }}
),

-- what it shows of an edition holds until it shows another status of that edition
held as (
    select
        assessments.organisation_code,
        assessments.edition,
        assessments.outcome,
        assessments.published_on,
        assessments.first_snapshot_date as held_from,
        lead(assessments.first_snapshot_date) over (
            partition by assessments.organisation_code, assessments.edition order by assessments.first_snapshot_date
        ) as held_until
    from assessments
    inner join organisations on assessments.organisation_code = organisations.organisation_code
),

shown as (
    select
        snapshots.snapshot_date,
        snapshots.reporting_edition,
        held.organisation_code,
        held.edition,
        held.outcome,
        held.published_on,
        row_number() over (
            partition by snapshots.snapshot_date, held.organisation_code order by editions.deadline_on
        ) as best_first
    from snapshots
    inner join editions as reporting on snapshots.reporting_edition = reporting.edition
    inner join editions on reporting.deadline_on <= editions.deadline_on
    inner join held
        on
            editions.edition = held.edition
            and snapshots.snapshot_date >= held.held_from
            and (snapshots.snapshot_date < held.held_until or held.held_until is null)
)

select
    snapshot_date,
    organisation_code,
    outcome,
    case when edition = reporting_edition then 'own' else 'later edition' end as outcome_basis,
    published_on
from shown
where best_first = 1
