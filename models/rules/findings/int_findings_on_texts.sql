-- Findings on sectors that are missing from the list of sectors.
-- Grain: one row per finding.
with counted as (
    select * from {{ ref('int_assessments_counted') }}
),

sectors as (
    select * from {{ ref('dspt_sectors') }}
)

select
    counted.snapshot_date,
    'sector without a place in the list' as check_name,
    cast(null as string) as organisation_code,
    concat_ws('', sum(counted.organisations), ' organisations of the sector "', counted.sector_as_exported, '"')
        as detail
from counted
left join sectors on counted.sector_as_exported = sectors.sector_as_exported
where sectors.sector_as_exported is null and counted.sector_as_exported is not null
group by counted.snapshot_date, counted.sector_as_exported
