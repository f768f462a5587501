-- What is odd in the rows of the exports: codes, names and dates that an analyst should look at.
-- Grain: one row per finding.
{% set damaged = '^([0-9.]+E[+-][0-9]+|[0-9]+[.]0|[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}.*|[0-9]{1,2}-[A-Z]{3}.*)$' %}
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

search_results as (
    select * from {{ ref('stg_dspt__search_results') }}
),

-- 8E395 becomes 8E+395, 16 becomes 16.0 and APR03 becomes 2003-04-01 on the way through a spreadsheet
looked_at as (
    select
        *,
        published_on_text is not null and published_on is null as has_no_date,
        edition is not null and published_on is null as is_undated,
        {{ regex_group('organisation_code', damaged, 1) }} is not null as is_damaged,
        organisation_name like '%?%' or organisation_name like '%�%' as is_garbled
    from {{ ref('int_assessments_parsed') }}
),

odd as (
    select
        exports.snapshot_date,
        looked_at.*
    from looked_at
    inner join exports
        on exports.snapshot_date between looked_at.first_snapshot_date and looked_at.last_snapshot_date
    where looked_at.has_no_date or looked_at.is_undated or looked_at.is_damaged or looked_at.is_garbled
)

select
    snapshot_date,
    'unreadable dates' as check_name,
    'warning' as severity,
    cast(null as string) as organisation_code,
    concat_ws('', count(*), ' publication dates are no dates, such as "', min(published_on_text), '"') as detail
from odd
where has_no_date
group by snapshot_date

union all

select
    snapshot_date,
    'outcomes without a date' as check_name,
    'warning' as severity,
    cast(null as string) as organisation_code,
    concat_ws('', count(*), ' outcomes have no date of publication, the first of ', min(organisation_code)) as detail
from odd
where is_undated
group by snapshot_date

union all

select
    exports.snapshot_date,
    'code in lower case' as check_name,
    'info' as severity,
    search_results.organisation_code,
    concat_ws('', 'The export writes ', search_results.organisation_code_as_exported) as detail
from search_results
inner join exports
    on exports.snapshot_date between search_results.first_snapshot_date and search_results.last_snapshot_date
where search_results.organisation_code != search_results.organisation_code_as_exported

union all

select
    snapshot_date,
    'code damaged by a spreadsheet' as check_name,
    'error' as severity,
    organisation_code,
    concat_ws('', '"', organisation_code, '" looks like a number or a date, not a code: ', organisation_name) as detail
from odd
where is_damaged

union all

select
    snapshot_date,
    'garbled name' as check_name,
    'info' as severity,
    organisation_code,
    concat_ws('', 'A character was lost in "', organisation_name, '"') as detail
from odd
where is_garbled
