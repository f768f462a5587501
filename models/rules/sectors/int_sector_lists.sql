-- GP practices and community pharmacies in England as ODS lists them (R13). The facts of each release hold until the
-- next release that changes them. The newest release decides when an organisation was open, because only later ones can
-- know that it closed. A practice may have several prescribing settings (`RO76|RO268`). A Welsh one has the region W00,
-- or none.
-- Grain: one row per sector, organisation and release that changes its facts.
{% set facts -%}
    release_date, organisation_code, organisation_name, region_code, icb_code, postcode, opened_on, closed_on, status
{%- endset %}
{% set own = 'partition by sector, organisation_code' %}
with settings as (
    select * from {{ ref('ods_prescribing_settings') }}
),

types as (
    select * from {{ ref('ods_dispenser_types') }}
),

statuses as (
    select * from {{ ref('ods_statuses') }}
),

listed as (
    select
        'GP practice' as sector,
        prescribing_setting as kind,
        sub_icb_location_code,
        {{ facts }}
    from {{ ref('stg_ods__gp_practices') }}

    union all

    select
        'Community pharmacy' as sector,
        dispenser_type as kind,
        cast(null as string) as sub_icb_location_code,
        {{ facts }}
    from {{ ref('stg_ods__dispensaries') }}
),

counted as (
    select distinct
        listed.sector,
        listed.kind
    from listed
    left join settings
        on
            listed.sector = 'GP practice'
            and position('|' || settings.prescribing_setting || '|' in '|' || listed.kind || '|') > 0
    left join types on listed.sector = 'Community pharmacy' and listed.kind = types.dispenser_type
    where settings.is_gp_practice or types.is_pharmacy
),

known as (
    select
        *,
        row_number() over ({{ own }} order by release_date) as release_rank,
        lead(release_date) over ({{ own }} order by release_date) as next_release_date,
        first_value(opened_on) over ({{ own }} order by release_date desc) as newest_opened_on,
        first_value(closed_on) over ({{ own }} order by release_date desc) as newest_closed_on,
        max(case when region_code like 'Y%' then 1 else 0 end) over ({{ own }}) as is_english
    from listed
)

select
    known.sector,
    known.organisation_code,
    known.organisation_name,
    known.icb_code,
    known.sub_icb_location_code,
    known.postcode,
    known.newest_opened_on as opened_on,
    known.newest_closed_on as closed_on,
    statuses.meaning = 'dormant' as is_dormant,
    case when known.release_rank > 1 then known.release_date end as listed_from,
    cast(known.next_release_date - interval '1' day as date) as listed_to
from known
inner join counted on known.sector = counted.sector and known.kind = counted.kind
left join statuses on known.status = statuses.status
where known.is_english = 1
