-- Sub-ICB locations (before July 2022, CCGs) in each ODS release. The file also lists commissioning hubs and sub-ICB
-- reporting entities, which are out of scope (R3). The classic file has C or H, but also C for reporting entities, so
-- only the name tells these apart. The newer service has roles, and none for a CCG that closed long ago.
-- Grain: one row per release and sub-ICB location.
with commissioners as (
    select * from {{ ref('ods_commissioners') }}
),

with_roles as (
    select
        *,
        case
            when sub_type = 'RO327' or organisation_name like '%SUB-ICB REPORTING ENTITY' then 'reporting entity'
            when coalesce(sub_type, case when closed_on is not null then 'C' end) in ('C', 'RO319', 'RO319|RO326')
                then 'sub-ICB location'
            when sub_type in ('H', 'RO218') then 'hub'
        end as commissioner_role
    from commissioners
),

problems as (
    select
        concat_ws(
            '', 'seeds/ods/ods_commissioners.csv, release ', release_date, ': ', organisation_code,
            ' has the sub-type "', coalesce(sub_type, ''), '", which no rule knows. If it is right, say what it is in ',
            'int_sub_icb_locations_released.'
        ) as problem
    from with_roles
    where commissioner_role is null
)

select
    release_date,
    organisation_code,
    organisation_name,
    'Sub-ICB location (CCG)' as organisation_type,
    icb_code,
    opened_on,
    closed_on
from with_roles
where commissioner_role = 'sub-ICB location' and {{ no_row_in('problems') }}
