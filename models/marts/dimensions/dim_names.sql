-- Every name under which an organisation in scope, or an ICB with a score, was ever listed. A search for Yeovil finds
-- the trust that used to have that name.
-- Grain: one row per organisation code and name.
with organisations as (
    select * from {{ ref('dim_organisations') }}
),

scores as (
    select * from {{ ref('int_icb_scores') }}
),

releases as (
    select * from {{ ref('int_organisation_releases') }}
),

names as (
    select
        organisation_code,
        organisation_name,
        max(release_date) as listed_until
    from releases
    group by organisation_code, organisation_name
),

named as (
    select
        *,
        row_number() over (
            partition by organisation_code order by listed_until desc, organisation_name asc
        ) as recency_rank
    from names
)

select
    named.organisation_code,
    named.organisation_name,
    coalesce(organisations.organisation_type, 'Integrated Care Board (ICB)') as organisation_type,
    named.recency_rank = 1 as is_current,
    organisations.closed_on
from named
left join organisations on named.organisation_code = organisations.organisation_code
where
    organisations.organisation_code is not null
    or named.organisation_code in (select scores.icb_code from scores)
