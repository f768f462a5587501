-- NHS trusts and care trusts in each ODS release. Welsh trusts are out of scope. Their region is W00 in the classic
-- file and blank in the newer one. So a trust counts as English if any release shows another region for it.
-- Grain: one row per release and trust.
with trusts as (
    select * from {{ ref('ods_trusts') }}
),

english as (
    select distinct organisation_code
    from trusts
    where region_code != 'W00'
)

select
    trusts.release_date,
    trusts.organisation_code,
    trusts.organisation_name,
    'NHS Trust' as organisation_type,
    trusts.icb_code,
    trusts.opened_on,
    trusts.closed_on
from trusts
inner join english on trusts.organisation_code = english.organisation_code
