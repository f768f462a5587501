-- The export files that the figures rest on, each with its fingerprint: who has a file can check that it is the one.
-- Grain: one row per export file.
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
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
    exports.source_file,
    exports.snapshot_date,
    exports.snapshot_at,
    snapshots.reporting_edition,
    snapshots.census_on,
    exports.encoding,
    cast(exports.size_in_bytes as bigint) as size_in_bytes,
    exports.sha256,
    cast(exports.data_rows as bigint) as data_rows,
    in_scope.organisations_in_scope
from exports
left join snapshots on exports.snapshot_date = snapshots.snapshot_date
left join in_scope on exports.snapshot_date = in_scope.snapshot_date
