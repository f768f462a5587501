-- How many findings each check of the data has, including checks without any.
-- Grain: one row per check.
with checks as (
    select * from {{ ref('dim_checks') }}
),

findings as (
    select * from {{ ref('dq_findings') }}
)

select
    checks.check_name,
    checks.severity,
    checks.severity_order,
    checks.meaning,
    checks.what_to_do,
    count(findings.detail) as findings
from checks
left join findings on checks.check_name = findings.check
group by checks.check_name, checks.severity, checks.severity_order, checks.meaning, checks.what_to_do
