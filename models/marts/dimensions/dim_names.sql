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

-- the newest as in dim_organisations
ranked as (
    select
        organisation_code,
        organisation_name,
        row_number() over (partition by organisation_code order by release_date desc, source asc) as recency_rank
    from releases
),

named as (
    select
        organisation_code,
        organisation_name,
        min(recency_rank) = 1 as is_current
    from ranked
    group by organisation_code, organisation_name
)

select
    named.organisation_code,
    named.organisation_name,
    coalesce(organisations.organisation_type, 'Integrated Care Board (ICB)') as organisation_type,
    named.is_current,
    organisations.closed_on
from named
left join organisations on named.organisation_code = organisations.organisation_code
where
    organisations.organisation_code is not null
    or named.organisation_code in (select scores.icb_code from scores)
