-- The exports, with the edition that each reports (R2) and its census date (R3). The facts on the file let anyone who
-- has it verify it. If exports are taken daily, only the newest of each edition and the five newest of all have pages.
-- Readers ask for these, and the tables have the rest.
-- Grain: one row per snapshot.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

in_scope as (
    select
        snapshot_date,
        count(*) as organisations_in_scope
    from {{ ref('int_compliance') }}
    group by snapshot_date
)

select
    snapshots.snapshot_date,
    snapshots.snapshot_at,
    snapshots.source_file,
    snapshots.reporting_edition,
    snapshots.census_on,
    snapshots.days_after_deadline,
    snapshots.data_rows as organisations,
    in_scope.organisations_in_scope,
    snapshots.encoding,
    cast(snapshots.size_in_bytes as bigint) as size_in_bytes,
    snapshots.sha256,
    snapshots.completeness,
    snapshots.source,
    max(case when snapshots.completeness = 'whole' then snapshots.snapshot_date end)
        over (order by snapshots.snapshot_date)
        as whole_snapshot_date,
    snapshots.is_newest_of_edition,
    snapshots.is_newest_of_edition or row_number() over (order by snapshots.snapshot_date desc) <= 5 as has_page
from snapshots
left join in_scope on snapshots.snapshot_date = in_scope.snapshot_date
