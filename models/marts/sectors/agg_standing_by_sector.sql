-- How current each sector is: organisations whose newest outcome is of the reporting edition or a later one, of the one
-- before, of an older one, or that have never published. The export shows the newest status only.
-- Grain: one row per snapshot, sector (or Total) and standing, zeros included.
with assessments as (
    select * from {{ ref('int_assessments_counted') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

standings as (
    select
        listed.standing_order,
        listed.standing
    from (
        values (1, 'up to date'), (2, 'one edition behind'), (3, 'older'), (4, 'never published')
    ) as listed (standing_order, standing)
),

stood as (
    select
        assessments.snapshot_date,
        assessments.sector,
        assessments.organisations,
        case
            when assessments.edition is null then 'never published'
            when editions.edition_order >= reporting.edition_order then 'up to date'
            when editions.edition_order = reporting.edition_order - 1 then 'one edition behind'
            else 'older'
        end as standing
    from assessments
    inner join snapshots on assessments.snapshot_date = snapshots.snapshot_date
    inner join editions as reporting on snapshots.reporting_edition = reporting.edition
    left join editions on assessments.edition = editions.edition
),

counted as (
    select
        snapshot_date,
        coalesce(sector, 'Total') as sector,
        coalesce(standing, 'Total') as standing,
        cast(sum(organisations) as bigint) as organisations
    from stood
    group by snapshot_date, cube(sector, standing)
)

select
    totals.snapshot_date,
    totals.sector,
    standings.standing,
    standings.standing_order,
    coalesce(counted.organisations, 0) as organisations,
    coalesce(counted.organisations, 0) / cast(totals.organisations as double) as share,
    coalesce(current_ones.organisations, 0) / cast(totals.organisations as double) as share_up_to_date
from counted as totals
cross join standings
left join counted
    on
        totals.snapshot_date = counted.snapshot_date
        and totals.sector = counted.sector
        and standings.standing = counted.standing
left join counted as current_ones
    on
        totals.snapshot_date = current_ones.snapshot_date
        and totals.sector = current_ones.sector
        and current_ones.standing = 'up to date'
where totals.standing = 'Total'
