-- Every row of every export, of every sector, with what its status means.
-- Grain: one row per snapshot and organisation of the export.
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
)

select
    snapshot_date,
    organisation_code,
    organisation_name,
    sector_as_exported,
    sector,
    status,
    edition,
    outcome,
    published_on
from assessments
