-- The exports on hand, the edition that each reports (R2) and the census date by which it counts (R3).
-- Grain: one row per snapshot.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
)

select
    snapshot_date,
    snapshot_at,
    source_file,
    reporting_edition,
    census_on,
    data_rows as organisations
from snapshots
