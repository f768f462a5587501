-- Every row of every export, in every sector, with what its status means. This is a view: the rows are stored as the
-- runs in which they stayed the same.
-- Grain: one row per snapshot and organisation of the export.
{{ config(materialized='view') }}
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
)

select
    snapshots.snapshot_date,
    assessments.organisation_code,
    assessments.organisation_name,
    assessments.sector_as_exported,
    assessments.sector,
    assessments.status,
    assessments.edition,
    assessments.outcome,
    assessments.published_on
from snapshots
inner join assessments
    on snapshots.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
