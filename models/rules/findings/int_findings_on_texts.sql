-- What organisations have in common that no list knows: sectors and commissioners that lead nowhere.
-- Grain: one row per finding.
with counted as (
    select * from {{ ref('int_assessments_counted') }}
),

sectors as (
    select * from {{ ref('dspt_sectors') }}
),

placed_by_export as (
    select * from {{ ref('int_commissioners_placed') }}
)

select
    counted.snapshot_date,
    'sector without a place in the list' as check_name,
    'warning' as severity,
    cast(null as string) as organisation_code,
    concat_ws('', sum(counted.organisations), ' organisations of the sector "', counted.sector_as_exported, '"')
        as detail
from counted
left join sectors on counted.sector_as_exported = sectors.sector_as_exported
where sectors.sector_as_exported is null and counted.sector_as_exported is not null
group by counted.snapshot_date, counted.sector_as_exported

union all

select
    counted.snapshot_date,
    'commissioner that leads to no ICB' as check_name,
    'info' as severity,
    cast(null as string) as organisation_code,
    concat_ws('', sum(counted.organisations), ' organisations name ', counted.commissioner_as_exported) as detail
from counted
left join placed_by_export
    on
        counted.snapshot_date = placed_by_export.snapshot_date
        and counted.commissioner_as_exported = placed_by_export.commissioner_as_exported
where counted.commissioner_as_exported is not null and placed_by_export.icb_code is null
group by counted.snapshot_date, counted.commissioner_as_exported
