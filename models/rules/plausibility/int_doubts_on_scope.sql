-- What speaks against an export by the organisations in scope: more than 5 % of them have no row in it (in life at most
-- 1.5 %), or the share of trusts that met or exceeded the standards is more than 20 points off the one before. A doubt
-- about an export that DSPT_ACCEPT does not name stops the build.
-- Grain: one row per doubt about an accepted export.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

assessed as (
    select * from {{ ref('int_organisations_assessed') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

measured as (
    select
        assessed.snapshot_date,
        snapshots.source_file,
        count(*) as organisations,
        count(case when assessments.organisation_code is null then 1 end) as missing,
        count(case when assessed.side = 'trust' then 1 end) as trusts,
        count(case when assessed.side = 'trust' and outcomes.meets_standard then 1 end) as met
    from assessed
    inner join snapshots on assessed.snapshot_date = snapshots.snapshot_date
    left join assessments
        on
            assessed.organisation_code = assessments.organisation_code
            and assessed.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
    left join outcomes on assessed.outcome = outcomes.outcome
    group by assessed.snapshot_date, snapshots.source_file
),

compared as (
    select
        *,
        lag(snapshot_date) over (order by snapshot_date) as date_before,
        lag(trusts) over (order by snapshot_date) as trusts_before,
        lag(met) over (order by snapshot_date) as met_before
    from measured
),

doubts as (
    select
        snapshot_date,
        source_file,
        concat_ws('', 'has no row for ', missing, ' of the ', organisations, ' organisations in scope') as doubt
    from compared
    where missing * 20 > organisations

    union all

    select
        snapshot_date,
        source_file,
        concat_ws(
            '', 'has ', met, ' of ', trusts, ' trusts that met or exceeded the standards, after ', met_before, ' of ',
            trusts_before, ' on ', date_before
        ) as doubt
    from compared
    -- in whole numbers: 0.9 - 0.7 is more than 0.2 to a computer
    where abs(met * trusts_before - met_before * trusts) * 5 > trusts * trusts_before
)

select
    snapshot_date,
    source_file,
    doubt
from doubts
where {{ are_accepted('doubts') }}
