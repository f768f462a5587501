-- Pharmacies and appliance contractors (edispensary) as ODS listed them, in the words of the list;
-- which of them count is for the rules to say (R13).
-- The list keeps those that have closed. So each release after the first holds only the rows that changed: what an
-- organisation was on a day is its newest row of a release on or before that day, else its oldest later one.
-- Grain: one row per organisation and release that says something new of it.
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
