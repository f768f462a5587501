-- The name and ICB of each organisation in scope on the census date. They come from the newest release on or before
-- that date with an ICB that was open then, otherwise from the oldest later one. If ODS and ONS have a release of the
-- same date, ODS counts. A release shows the ICBs of its own time, even for a trust that closed long ago. The newest
-- release alone would move old trusts into today's ICBs.
-- Grain: one row per snapshot and organisation in scope.
with in_scope as (
    select * from {{ ref('int_organisations_in_scope') }}
),

releases as (
    select * from {{ ref('int_organisation_releases') }}
),

icbs as (
    select * from {{ ref('int_icbs_at_census') }}
),

candidates as (
    select
        in_scope.snapshot_date,
        in_scope.organisation_code,
        releases.organisation_name,
        icbs.icb_code,
        icbs.icb_name,
        icbs.region_code,
        icbs.region_name,
        case when icbs.icb_code is not null then releases.release_date end as place_release_date,
        case when icbs.icb_code is not null then releases.release_date > in_scope.census_on end as is_placed_later,
        {{ nearness_rank(
            'in_scope.snapshot_date, in_scope.organisation_code', 'releases.release_date', 'in_scope.census_on',
            first='case when icbs.icb_code is null then 1 else 0 end', last='releases.source'
        ) }} as preference_rank
    from in_scope
    inner join releases on in_scope.organisation_code = releases.organisation_code
    left join icbs on in_scope.snapshot_date = icbs.snapshot_date and releases.icb_code = icbs.icb_code
)

select
    snapshot_date,
    organisation_code,
    organisation_name,
    icb_code,
    icb_name,
    region_code,
    region_name,
    place_release_date,
    is_placed_later
from candidates
where preference_rank = 1
