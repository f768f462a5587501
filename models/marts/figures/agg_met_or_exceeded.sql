-- The share of organisations that met or exceeded the standards, in England and in each region and ICB. Organisations
-- without a place (CSUs) have the code `none`, so that the parts of each level add up to England.
-- Grain: one row per snapshot, level, code and organisation type (or Total).
with compliance as (
    select * from {{ ref('fct_compliance') }}
),

outcomes as (
    select * from {{ ref('dim_outcomes') }}
),

levelled as (
    select
        compliance.*,
        'England' as level,
        null as code,
        'England' as name
    from compliance

    union all

    select
        compliance.*,
        'region' as level,
        region_code as code,
        coalesce(region_name, 'Not in a region') as name
    from compliance

    union all

    select
        compliance.*,
        'icb' as level,
        icb_code as code,
        coalesce(icb_name, 'Not in an ICB') as name
    from compliance
),

counted as (
    select
        levelled.snapshot_date,
        levelled.edition,
        levelled.level,
        levelled.code,
        levelled.name,
        coalesce(levelled.organisation_type, 'Total') as organisation_type,
        case when levelled.organisation_type is not null then min(levelled.type_order) end as type_order,
        count(*) as organisations,
        count(case when outcomes.meets_standard then 1 end) as met_or_exceeded
    from levelled
    left join outcomes on levelled.outcome = outcomes.outcome
    group by
        levelled.snapshot_date,
        levelled.edition,
        levelled.level,
        levelled.code,
        levelled.name,
        rollup(levelled.organisation_type)
)

select
    snapshot_date,
    edition,
    level,
    {{ place_code('level', 'code') }} as code,
    name,
    organisation_type,
    type_order,
    organisations,
    met_or_exceeded,
    met_or_exceeded / cast(organisations as double) as share
from counted
