-- How many organisations published on time and how many late (R9). Only an organisation's own outcome counts, if its
-- date is known. The rest (inherited, of a later edition, Not Published or without a date) are counted separately, so
-- the three add up to the organisations in scope.
-- Grain: one row per snapshot and organisation type (or Total).
with compliance as (
    select * from {{ ref('fct_compliance') }}
),

counted as (
    select
        snapshot_date,
        edition,
        coalesce(organisation_type, 'Total') as organisation_type,
        case when organisation_type is not null then min(type_order) end as type_order,
        count(*) as organisations,
        count(case when days_after_deadline <= 0 then 1 end) as on_time,
        count(case when days_after_deadline > 0 then 1 end) as late,
        count(case when days_after_deadline is null then 1 end) as without_own_date,
        max(days_after_deadline) as longest_delay
    from compliance
    group by snapshot_date, edition, cube(organisation_type)
)

select
    snapshot_date,
    edition,
    organisation_type,
    type_order,
    organisations,
    on_time,
    late,
    without_own_date,
    cast(longest_delay as bigint) as longest_delay,
    on_time / cast(organisations as double) as share_on_time,
    late / cast(organisations as double) as share_late
from counted
