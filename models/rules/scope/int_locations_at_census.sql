-- Sub-ICB locations (formerly CCGs), open or not, with the ICB that they belonged to on each census date. The newest
-- release on or before that date that names an ICB open on that day decides, otherwise the oldest later one. GP
-- practices are placed through their sub-ICB location, and their list names the location of its own day.
-- Grain: one row per snapshot and sub-ICB location that some release places in an ICB open on the census date.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

releases as (
    select * from {{ ref('int_organisation_releases') }}
    where organisation_type = 'Sub-ICB location (CCG)'
),

icbs as (
    select * from {{ ref('int_icbs_at_census') }}
),

candidates as (
    select
        icbs.snapshot_date,
        releases.organisation_code as location_code,
        releases.organisation_name as location_name,
        icbs.icb_code,
        icbs.icb_name,
        icbs.region_code,
        icbs.region_name,
        {{ nearness_rank(
            'icbs.snapshot_date, releases.organisation_code', 'releases.release_date', 'snapshots.census_on',
            last='releases.source'
        ) }} as nearness_rank
    from icbs
    inner join snapshots on icbs.snapshot_date = snapshots.snapshot_date
    inner join releases on icbs.icb_code = releases.icb_code
)

select
    snapshot_date,
    location_code,
    location_name,
    icb_code,
    icb_name,
    region_code,
    region_name
from candidates
where nearness_rank = 1
