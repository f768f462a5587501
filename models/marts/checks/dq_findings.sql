-- What an analyst should know before publishing.
-- Grain: one row per finding.
with findings as (
    select * from {{ ref('int_findings_on_exports') }}

    union all

    select * from {{ ref('int_findings_on_rows') }}

    union all

    select * from {{ ref('int_findings_on_texts') }}

    union all

    select * from {{ ref('int_findings_on_dates') }}

    union all

    select * from {{ ref('int_findings_on_assessments') }}

    union all

    select * from {{ ref('int_findings_on_scope') }}

    union all

    select * from {{ ref('int_findings_on_movements') }}

    union all

    select * from {{ ref('int_findings_on_successions') }}

    union all

    select * from {{ ref('int_findings_on_reference') }}
),

checks as (
    select * from {{ ref('dim_checks') }}
)

select
    findings.snapshot_date,
    findings.check_name as {{ adapter.quote('check') }},
    checks.severity,
    checks.severity_order,
    findings.organisation_code,
    findings.detail
from findings
left join checks on findings.check_name = checks.check_name
