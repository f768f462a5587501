-- Current facts on every organisation that is in scope in any snapshot: its name and ICB in the newest release.
-- fct_compliance has those on the census date.
-- Grain: one row per organisation.
with in_scope as (
    select distinct organisation_code from {{ ref('int_organisations_in_scope') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
),

releases as (
    select * from {{ ref('int_organisation_releases') }}
),

icbs as (
    select * from {{ ref('int_icbs_released') }}
),

types as (
    select * from {{ ref('organisation_types') }}
),

coordinates as (
    select * from {{ ref('ods_coordinates') }}
),

display_names as (
    select * from {{ ref('int_display_names') }}
),

newest_icbs as (
    select
        icb_code,
        region_code,
        row_number() over (partition by icb_code order by release_date desc) as recency_rank
    from icbs
),

newest_names as (
    select
        organisation_code,
        organisation_name,
        row_number() over (partition by organisation_code order by release_date desc, source asc) as recency_rank
    from releases
),

newest_places as (
    select
        organisation_code,
        icb_code,
        row_number() over (partition by organisation_code order by release_date desc, source asc) as recency_rank
    from releases
    where icb_code is not null
)

select
    in_scope.organisation_code,
    newest_names.organisation_name,
    display_names.display_name,
    periods.organisation_type,
    types.type_order,
    newest_places.icb_code,
    newest_icbs.region_code,
    periods.opened_on,
    periods.closed_on,
    coordinates.latitude,
    coordinates.longitude
from in_scope
inner join periods on in_scope.organisation_code = periods.organisation_code
left join types on periods.organisation_type = types.organisation_type
inner join newest_names
    on in_scope.organisation_code = newest_names.organisation_code and newest_names.recency_rank = 1
left join display_names on newest_names.organisation_name = display_names.organisation_name
left join newest_places
    on in_scope.organisation_code = newest_places.organisation_code and newest_places.recency_rank = 1
left join newest_icbs on newest_places.icb_code = newest_icbs.icb_code and newest_icbs.recency_rank = 1
left join coordinates on in_scope.organisation_code = coordinates.organisation_code
