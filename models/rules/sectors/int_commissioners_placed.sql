-- The ICB behind the commissioner that an export names, mainly for GP practices. Before 2023 the text ends in the code
-- of a sub-ICB location, which leads to its ICB. Since then it is only the name of the ICB, in several spellings.
-- Grain: one row per snapshot and commissioner as exported, in any snapshot, that leads to a known ICB.
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

locations as (
    select * from {{ ref('int_locations_at_census') }}
),

icbs as (
    select * from {{ ref('int_icbs_at_census') }}
),

named as (
    select distinct
        commissioner_as_exported,
        {{ regex_group('commissioner_as_exported', ' - ([0-9A-Z]{3,5}) [(]CCG[)]$', 1) }} as location_code,
        {{ plain_icb_name('commissioner_as_exported') }} as icb_name
    from assessments
)

select
    snapshots.snapshot_date,
    named.commissioner_as_exported,
    coalesce(locations.icb_code, icbs.icb_code) as icb_code
from snapshots
cross join named
left join locations
    on
        snapshots.snapshot_date = locations.snapshot_date
        and named.location_code = locations.location_code
left join icbs
    on snapshots.snapshot_date = icbs.snapshot_date and named.icb_name = {{ plain_icb_name('icbs.icb_name') }}
where coalesce(locations.icb_code, icbs.icb_code) is not null
