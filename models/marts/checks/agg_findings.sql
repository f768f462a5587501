-- How many findings each check of the data has.
-- Grain: one row per check and severity.
with findings as (
    select * from {{ ref('dq_findings') }}
)

select
    findings.check as check_name,
    findings.severity,
    findings.severity_order,
    count(*) as findings
from findings
group by findings.check, findings.severity, findings.severity_order
