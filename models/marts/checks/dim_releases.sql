-- The releases of reference data in use: which lists of organisations and places the figures rest on.
-- Grain: one row per source and release.
with organisations as (
    select * from {{ ref('int_organisation_releases') }}
)

select
    source,
    release_date,
    count(*) as organisations
from organisations
group by source, release_date
