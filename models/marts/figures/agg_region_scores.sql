-- The composite score of each region: half from the mean of its commissioners, half from the mean of its trusts. Every
-- organisation has the same weight, so this is not the mean of the scores of its ICBs.
-- Grain: one row per snapshot and region.
with compliance as (
    select * from {{ ref('fct_compliance') }}
),

sides as (
    select
        snapshot_date,
        edition,
        region_code,
        region_name,
        avg(case when side = 'commissioner' then cast(points as double) end) as commissioner_score,
        count(case when side = 'trust' then 1 end) as trusts,
        avg(case when side = 'trust' then cast(points as double) end) as trust_score
    from compliance
    where region_code is not null and side is not null
    group by snapshot_date, edition, region_code, region_name
)

select
    snapshot_date,
    edition,
    region_code,
    region_name,
    commissioner_score,
    trusts,
    trust_score,
    {{ composite_score('commissioner_score', 'trust_score') }} as composite_score
from sides
