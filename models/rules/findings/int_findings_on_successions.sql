-- Findings on successions that lead nowhere or begin before the predecessor closed.
-- Grain: one row per finding.
with successions as (
    select * from {{ ref('ods_successions') }}
),

effective_successions as (
    select * from {{ ref('int_successions_corrected') }}
),

releases as (
    select * from {{ ref('int_organisation_releases') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
)

select
    cast(null as date) as snapshot_date,
    'organisation that succeeds itself' as check_name,
    predecessor_code as organisation_code,
    concat_ws('', 'The succession of ', effective_on, ' is left out') as detail
from successions
where predecessor_code = successor_code

union all

select
    cast(null as date) as snapshot_date,
    'succession without a known successor' as check_name,
    predecessor_code as organisation_code,
    concat_ws('', 'The successor of ', effective_on, ' is ', coalesce(successor_code, '(blank)')) as detail
from successions
where
    successor_code is null
    or (
        successor_code != predecessor_code
        and successor_code not in (select releases.organisation_code from releases)
    )

union all

select
    cast(null as date) as snapshot_date,
    'succeeded but still open' as check_name,
    effective_successions.predecessor_code as organisation_code,
    concat_ws('', effective_successions.successor_code, ' succeeded it on ', effective_successions.effective_on)
        as detail
from effective_successions
inner join periods on effective_successions.predecessor_code = periods.organisation_code
where coalesce(periods.closed_on, effective_successions.effective_on) >= effective_successions.effective_on
