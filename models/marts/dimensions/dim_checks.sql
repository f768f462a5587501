-- What the checks of the data look for, how serious a finding is, and what to do about it.
-- Grain: one row per check.
with checks as (
    select * from {{ ref('dq_checks') }}
)

select
    check_name,
    severity,
    case severity when 'error' then 1 when 'warning' then 2 when 'info' then 3 end as severity_order,
    meaning,
    what_to_do
from checks
