-- How many organisations in each ICB have each outcome, zeros included: the pie that the former page drew for each ICB.
-- CSUs are in no ICB. If an ICB has no organisation of a type, the share is null, never 0.
-- Grain: one row per snapshot, ICB open on the census date, organisation type (or Total) and outcome.
with icbs as (
    select * from {{ ref('int_icb_scores') }}
),

placed as (
    select * from {{ ref('fct_compliance') }}
    where icb_code is not null
),

types as (
    select distinct
        snapshot_date,
        organisation_type
    from placed

    union all

    select distinct
        snapshot_date,
        'Total' as organisation_type
    from placed
),

outcomes as (
    select outcome from {{ ref('dim_outcomes') }}
    where always_shown

    union

    select outcome from placed
),

counted as (
    select
        snapshot_date,
        icb_code,
        coalesce(organisation_type, 'Total') as organisation_type,
        outcome,
        count(*) as organisations
    from placed
    group by snapshot_date, icb_code, outcome, rollup(organisation_type)
)

select
    icbs.snapshot_date,
    icbs.edition,
    icbs.icb_code,
    icbs.icb_name,
    icbs.region_code,
    types.organisation_type,
    outcomes.outcome,
    coalesce(counted.organisations, 0) as organisations,
    coalesce(counted.organisations, 0) / cast(
        sum(counted.organisations) over (partition by icbs.snapshot_date, icbs.icb_code, types.organisation_type)
        as double
    ) as share,
    icbs.composite_score,
    icbs.registered_patients
from icbs
inner join types on icbs.snapshot_date = types.snapshot_date
cross join outcomes
left join counted
    on
        icbs.snapshot_date = counted.snapshot_date
        and icbs.icb_code = counted.icb_code
        and types.organisation_type = counted.organisation_type
        and outcomes.outcome = counted.outcome
