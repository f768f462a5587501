-- The export files that the figures rest on, each with its fingerprint: who has a file can check that it is the one.
-- Grain: one row per export file.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

compliance as (
    select * from {{ ref('fct_compliance') }}
),

in_scope as (
    select
        snapshot_date,
        count(*) as organisations_in_scope
    from compliance
    group by snapshot_date
)

select
    snapshots.source_file,
    snapshots.snapshot_date,
    snapshots.snapshot_at,
    snapshots.reporting_edition,
    snapshots.census_on,
    snapshots.encoding,
    cast(snapshots.size_in_bytes as bigint) as size_in_bytes,
    snapshots.sha256,
    cast(snapshots.data_rows as bigint) as data_rows,
    in_scope.organisations_in_scope
from snapshots
left join in_scope on snapshots.snapshot_date = in_scope.snapshot_date
