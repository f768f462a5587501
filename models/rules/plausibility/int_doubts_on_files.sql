-- Doubts about an export compared with earlier ones. It may have the same bytes as the export of another day. A whole
-- export may have over 5 % fewer organisations than the previous whole export, or lack one of its sectors. A part of
-- an export is not compared. A doubt about an export that DSPT_ACCEPT does not name stops the build.
-- Grain: one row per doubt about an accepted export.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

counted as (
    select * from {{ ref('int_assessments_counted') }}
),

whole_exports as (
    select
        snapshot_date,
        source_file,
        data_rows,
        lag(snapshot_date) over (order by snapshot_date) as date_before,
        lag(data_rows) over (order by snapshot_date) as rows_before
    from snapshots
    where completeness = 'whole'
),

sectors as (
    select distinct
        snapshot_date,
        sector
    from counted
),

same_bytes as (
    select
        snapshot_date,
        source_file,
        lag(snapshot_date) over (partition by sha256 order by snapshot_date) as date_before
    from snapshots
),

doubts as (
    select
        snapshot_date,
        source_file,
        concat_ws('', 'has the same bytes as the export of ', date_before) as doubt
    from same_bytes
    where date_before is not null

    union all

    select
        snapshot_date,
        source_file,
        concat_ws('', 'has ', data_rows, ' organisations, down from ', rows_before, ' on ', date_before) as doubt
    from whole_exports
    where data_rows * 20 < rows_before * 19

    union all

    select
        whole_exports.snapshot_date,
        whole_exports.source_file,
        concat_ws(
            '', 'has no organisation of the sector "', sectors.sector, '", unlike the export of ',
            whole_exports.date_before
        ) as doubt
    from whole_exports
    inner join sectors on whole_exports.date_before = sectors.snapshot_date
    left join sectors as still_there
        on whole_exports.snapshot_date = still_there.snapshot_date and sectors.sector = still_there.sector
    where still_there.sector is null
)

select
    snapshot_date,
    source_file,
    doubt
from doubts
where {{ are_accepted('doubts') }}
