-- Which organisation succeeded which, and when: the ODS file plus the successions that it is known to lack. A row that
-- names an organisation as its own successor is left out (dq_findings lists it).
-- Grain: one row per predecessor and successor.
with successions as (
    select * from {{ ref('ods_successions') }}
),

corrections as (
    select * from {{ ref('ods_corrections') }}
),

unioned as (
    select
        predecessor_code,
        successor_code,
        effective_on
    from successions

    union all

    select
        organisation_code as predecessor_code,
        successor_code,
        effective_on
    from corrections
    where correction = 'add succession'
)

select
    predecessor_code,
    successor_code,
    min(effective_on) as effective_on
from unioned
where predecessor_code != successor_code
group by predecessor_code, successor_code
