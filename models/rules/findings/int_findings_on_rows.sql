-- Findings on the rows of the exports: codes and names that an analyst should look at.
-- Grain: one row per finding.
{% set damaged = '^([0-9.]+E[+-][0-9]+|[0-9]+[.]0|[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}.*|[0-9]{1,2}-[A-Z]{3}.*)$' %}
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

search_results as (
    select * from {{ ref('stg_dspt__search_results') }}
),

-- a spreadsheet turns 8E395 into 8E+395, 16 into 16.0 and APR03 into 2003-04-01
looked_at as (
    select
        *,
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
    where looked_at.is_damaged or looked_at.is_garbled
)

select
    exports.snapshot_date,
    'code in lower case' as check_name,
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
    organisation_code,
    concat_ws('', '"', organisation_code, '" looks like a number or a date, not a code: ', organisation_name) as detail
from odd
where is_damaged

union all

select
    snapshot_date,
    'garbled name' as check_name,
    organisation_code,
    concat_ws('', 'A character was lost in "', organisation_name, '"') as detail
from odd
where is_garbled
