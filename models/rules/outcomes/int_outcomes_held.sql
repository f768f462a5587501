-- What an organisation shows for each edition, from one export to the next. An outcome holds until the organisation
-- shows another status of the same edition, whatever it shows of other editions in the meantime.
-- Grain: one row per organisation, edition and run of days with the same status.
{{ config(materialized='view') }}
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

-- only these are ever asked for; sorting the other 45,000 organisations of an export would be wasted work
organisations as (
    select organisation_code from {{ ref('int_organisation_periods') }}

    union

    select organisation_code from {{ ref('int_sector_lists') }}

    union

    select successor_code as organisation_code from {{ ref('int_successions_corrected') }}

    union

    select predecessor_code as organisation_code from {{ ref('int_successions_corrected') }}
)

select
    assessments.organisation_code,
    assessments.edition,
    editions.edition_order,
    assessments.outcome,
    assessments.status,
    assessments.published_on,
    assessments.first_snapshot_date as held_from,
    lead(assessments.first_snapshot_date) over (
        partition by assessments.organisation_code, assessments.edition order by assessments.first_snapshot_date
    ) as held_until
from assessments
inner join editions on assessments.edition = editions.edition
inner join organisations on assessments.organisation_code = organisations.organisation_code
