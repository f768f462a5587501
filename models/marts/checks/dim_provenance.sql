-- What the figures are based on besides the exports (dim_snapshots): releases of reference data, and software.
-- Grain: one row per release of a list, and per piece of software.
with organisations as (
    select * from {{ ref('int_organisation_releases') }}
)

select
    'reference data' as kind,
    source as name,
    cast(release_date as string) as version,
    release_date,
    count(*) as organisations
from organisations
group by source, release_date

union all

select
    'software' as kind,
    'dbt-core' as name,
    '{{ dbt_version }}' as version,
    cast(null as date) as release_date,
    cast(null as bigint) as organisations

union all

select
    'software' as kind,
    '{{ target.type }}' as name,
    version() as version,
    cast(null as date) as release_date,
    cast(null as bigint) as organisations
