-- Findings on the export files, including files that were accepted in spite of doubts.
-- Grain: one row per finding.
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

export_findings as (
    select * from {{ ref('stg_dspt__export_findings') }}
),

doubts as (
    select * from {{ ref('int_doubts') }}
)

select
    exports.snapshot_date,
    export_findings.check_name,
    cast(null as string) as organisation_code,
    concat_ws('', export_findings.source_file, ' ', export_findings.detail) as detail
from export_findings
left join exports on export_findings.source_file = exports.source_file

union all

select
    snapshot_date,
    'accepted against doubts' as check_name,
    cast(null as string) as organisation_code,
    concat_ws('', source_file, ' ', doubt) as detail
from doubts
