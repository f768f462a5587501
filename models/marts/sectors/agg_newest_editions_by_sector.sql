-- The rows of each sector in an export, by the edition of their newest outcome. Organisations declare their own sector,
-- and most sectors have no list of who should be there, so these are counts of rows, never shares.
-- Grain: one row per snapshot, sector (or Total) and newest edition, zeros included.
with assessments as (
    select * from {{ ref('int_assessments_counted') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

groups as (
    select
        listed.newest_edition_order,
        listed.newest_edition
    from (
        values
        (1, 'reporting edition or later'),
        (2, 'previous edition'),
        (3, 'before the previous edition'),
        (4, 'nothing published')
    ) as listed (newest_edition_order, newest_edition)
),

grouped as (
    select
        assessments.snapshot_date,
        assessments.sector,
        assessments.organisations,
        case
            when assessments.edition is null then 4
            when editions.edition_order >= reporting.edition_order then 1
            when editions.edition_order = reporting.edition_order - 1 then 2
            else 3
        end as newest_edition_order
    from assessments
    inner join snapshots on assessments.snapshot_date = snapshots.snapshot_date
    inner join editions as reporting on snapshots.reporting_edition = reporting.edition
    left join editions on assessments.edition = editions.edition
),

counted as (
    select
        snapshot_date,
        coalesce(sector, 'Total') as sector,
        newest_edition_order,
        cast(sum(organisations) as bigint) as organisations
    from grouped
    group by snapshot_date, newest_edition_order, cube(sector)
),

sectors as (
    select distinct
        snapshot_date,
        sector
    from counted
)

select
    sectors.snapshot_date,
    sectors.sector,
    groups.newest_edition,
    groups.newest_edition_order,
    coalesce(counted.organisations, 0) as organisations
from sectors
cross join groups
left join counted
    on
        sectors.snapshot_date = counted.snapshot_date
        and sectors.sector = counted.sector
        and groups.newest_edition_order = counted.newest_edition_order
