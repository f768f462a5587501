-- The outcome of an organisation's own (R4), in scope or not: the newest that it has shown for the reporting edition
-- by then. If it has shown only later editions, the earliest of these counts.
-- Grain: one row per organisation, reporting edition and run of days with the same outcome of its own.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

held as (
    select * from {{ ref('int_outcomes_held') }}
),

-- a later snapshot never reports an earlier edition (R2), so each is reported from one day to another
reported as (
    select
        snapshots.reporting_edition,
        editions.edition_order,
        min(snapshots.snapshot_date) as first_snapshot_date,
        max(snapshots.snapshot_date) as last_snapshot_date
    from snapshots
    inner join editions on snapshots.reporting_edition = editions.edition
    group by snapshots.reporting_edition, editions.edition_order
),

days as (
    select distinct
        held.organisation_code,
        reported.reporting_edition,
        reported.edition_order,
        reported.last_snapshot_date,
        greatest(held.held_from, reported.first_snapshot_date) as changed_on
    from reported
    inner join held
        on
            reported.edition_order <= held.edition_order
            and reported.last_snapshot_date >= held.held_from
            and (reported.first_snapshot_date < held.held_until or held.held_until is null)
),

shown as (
    select
        days.*,
        held.edition,
        held.outcome,
        held.status,
        held.held_from as seen_on,
        held.published_on,
        row_number() over (
            partition by days.organisation_code, days.changed_on order by held.edition_order
        ) as edition_rank
    from days
    inner join held
        on
            days.organisation_code = held.organisation_code
            and days.edition_order <= held.edition_order
            and days.changed_on >= held.held_from
            and (days.changed_on < held.held_until or held.held_until is null)
)

select
    organisation_code,
    reporting_edition,
    outcome,
    status,
    seen_on,
    case when edition = reporting_edition then 'own' else 'later edition' end as outcome_basis,
    published_on,
    changed_on as held_from,
    cast(
        coalesce(
            lead(changed_on) over (partition by organisation_code, reporting_edition order by changed_on)
            - interval '1' day,
            last_snapshot_date
        ) as date
    ) as held_to
from shown
where edition_rank = 1
