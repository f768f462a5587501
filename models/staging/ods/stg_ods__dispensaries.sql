-- Pharmacies and appliance contractors (edispensary) as ODS listed them, in the words of the list. The rules decide
-- which of them count (R13). The list keeps organisations that have closed, so each release after the first stores
-- only the rows that changed. An organisation on a given day is its newest row from a release on or before that day,
-- or else its oldest later one.
-- Grain: one row per organisation and release that changes its facts.
select
    release_date,
    organisation_code,
    organisation_name,
    region_code,
    icb_code,
    postcode,
    opened_on,
    closed_on,
    status,
    dispenser_type
from {{ ods_list('dispensaries') }}
