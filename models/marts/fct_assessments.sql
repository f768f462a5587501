-- Every row of every export, of every sector, with what its status means.
-- Grain: one row per snapshot and organisation of the export.
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

sectors as (
    select * from {{ ref('dspt_sectors') }}
)

select
    assessments.snapshot_date,
    assessments.organisation_code,
    assessments.organisation_name,
    assessments.sector_as_exported,
    coalesce(sectors.sector, assessments.sector_as_exported, 'No Sector Identified') as sector,
    assessments.status,
    assessments.edition,
    assessments.outcome,
    assessments.published_on
from assessments
left join sectors on assessments.sector_as_exported = sectors.sector_as_exported
