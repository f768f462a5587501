-- How many organisations of each type have each outcome, zeros included: the summary table. `Total` covers all types,
-- or all outcomes. Shares are of the type's total (row percentages).
-- Grain: one row per snapshot, organisation type (or Total) and outcome (or Total).
with compliance as (
    select * from {{ ref('fct_compliance') }}
),

outcomes as (
    select * from {{ ref('dim_outcomes') }}
),

counted as (
    select
        snapshot_date,
        edition,
        coalesce(organisation_type, 'Total') as organisation_type,
        case when organisation_type is not null then min(type_order) end as type_order,
        coalesce(outcome, 'Total') as outcome,
        count(*) as organisations
    from compliance
    group by snapshot_date, edition, cube(organisation_type, outcome)
),

totals as (
    select * from counted
    where outcome = 'Total'
),

columns_of_table as (
    select outcome from outcomes
    where always_shown

    union

    select outcome from counted
)

select
    totals.snapshot_date,
    totals.edition,
    totals.organisation_type,
    totals.type_order,
    columns_of_table.outcome,
    coalesce(counted.organisations, 0) as organisations,
    coalesce(counted.organisations, 0) / cast(totals.organisations as double) as share
from totals
cross join columns_of_table
left join counted
    on
        totals.snapshot_date = counted.snapshot_date
        and totals.organisation_type = counted.organisation_type
        and columns_of_table.outcome = counted.outcome
