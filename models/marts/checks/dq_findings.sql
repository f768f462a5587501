-- What an analyst would want to know before publishing.
-- Grain: one row per finding.
with findings as (
    select * from {{ ref('int_findings_on_exports') }}

    union all

    select * from {{ ref('int_findings_on_rows') }}

    union all

    select * from {{ ref('int_findings_on_texts') }}

    union all

    select * from {{ ref('int_findings_on_assessments') }}

    union all

    select * from {{ ref('int_findings_on_scope') }}

    union all

    select * from {{ ref('int_findings_on_successions') }}

    union all

    select * from {{ ref('int_findings_on_reference') }}
)

select
    snapshot_date,
    check_name as {{ adapter.quote('check') }},
    severity,
    case severity when 'error' then 1 when 'warning' then 2 else 3 end as severity_order,
    organisation_code,
    detail
from findings
