-- What is odd in the exports themselves: columns, codes, names and texts that an analyst should look at.
-- Grain: one row per finding.
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

export_findings as (
    select * from {{ ref('stg_dspt__export_findings') }}
),

search_results as (
    select * from {{ ref('stg_dspt__search_results') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

sectors as (
    select * from {{ ref('dspt_sectors') }}
),

doubts as (
    select * from {{ ref('int_doubts_accepted') }}
)

select
    exports.snapshot_date,
    export_findings.check_name,
    case when export_findings.check_name in ('unexpected column', 'workbook') then 'warning' else 'info' end
        as severity,
    cast(null as string) as organisation_code,
    concat_ws('', export_findings.source_file, ' ', export_findings.detail) as detail
from export_findings
left join exports on export_findings.source_file = exports.source_file

union all

select
    snapshot_date,
    'unreadable dates' as check_name,
    'warning' as severity,
    cast(null as string) as organisation_code,
    concat_ws('', count(*), ' publication dates are no dates, such as "', min(published_on_text), '"') as detail
from assessments
where published_on_text is not null and published_on is null
group by snapshot_date

union all

select
    exports.snapshot_date,
    'code in lower case' as check_name,
    'info' as severity,
    search_results.organisation_code,
    concat_ws('', 'The export writes ', search_results.organisation_code_as_exported) as detail
from search_results
inner join exports on search_results.source_file = exports.source_file
where search_results.organisation_code != search_results.organisation_code_as_exported

union all

-- 8E395 becomes 8E+395, 16 becomes 16.0 and APR03 becomes 2003-04-01 on the way through a spreadsheet
select
    snapshot_date,
    'code damaged by a spreadsheet' as check_name,
    'error' as severity,
    organisation_code,
    concat_ws('', '"', organisation_code, '" looks like a number or a date, not a code: ', organisation_name) as detail
from assessments
where {{ regex_group(
    'organisation_code', '^([0-9.]+E[+-][0-9]+|[0-9]+[.]0|[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}.*|[0-9]{1,2}-[A-Z]{3}.*)$', 1
) }} is not null

union all

select
    snapshot_date,
    'garbled name' as check_name,
    'info' as severity,
    organisation_code,
    concat_ws('', 'A character was lost in "', organisation_name, '"') as detail
from assessments
where organisation_name like '%?%' or organisation_name like '%�%'

union all

select
    assessments.snapshot_date,
    'sector without a place in the list' as check_name,
    'warning' as severity,
    cast(null as string) as organisation_code,
    concat_ws('', count(*), ' organisations of the sector "', assessments.sector_as_exported, '"') as detail
from assessments
left join sectors on assessments.sector_as_exported = sectors.sector_as_exported
where sectors.sector_as_exported is null and assessments.sector_as_exported is not null
group by assessments.snapshot_date, assessments.sector_as_exported

union all

select
    snapshot_date,
    'accepted against doubts' as check_name,
    'warning' as severity,
    cast(null as string) as organisation_code,
    concat_ws('', source_file, ' ', doubt) as detail
from doubts
