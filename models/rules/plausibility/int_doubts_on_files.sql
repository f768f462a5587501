-- Doubts about an export compared with earlier ones. It may have the same bytes as the export of another day. A whole
-- export may have over `doubt_percent` fewer organisations than the previous whole export, or lack one of its sectors.
-- A part of an export is not compared.
-- Grain: one row per doubt.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

counted as (
    select * from {{ ref('int_assessments_counted') }}
),

whole_exports as (
    select
        snapshot_date,
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
        lag(snapshot_date) over (partition by sha256 order by snapshot_date) as date_before
    from snapshots
)

select
    snapshot_date,
    concat_ws('', 'has the same bytes as the export of ', date_before) as doubt
from same_bytes
where date_before is not null

union all

select
    snapshot_date,
    concat_ws('', 'has ', data_rows, ' organisations, down from ', rows_before, ' on ', date_before) as doubt
from whole_exports
where data_rows * 100 < rows_before * (100 - {{ var('doubt_percent') }})

union all

select
    whole_exports.snapshot_date,
    concat_ws(
        '', 'has no organisation of the sector "', sectors.sector, '", unlike the export of ',
        whole_exports.date_before
    ) as doubt
from whole_exports
inner join sectors on whole_exports.date_before = sectors.snapshot_date
left join sectors as still_there
    on whole_exports.snapshot_date = still_there.snapshot_date and sectors.sector = still_there.sector
where still_there.sector is null
