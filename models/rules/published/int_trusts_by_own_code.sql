-- The trusts open on the census date of 20/21, by the outcome that each shows in a snapshot under its own code,
-- without inheritance (R5). The flow picture of November 2021 counts them so. What a trust shows of a later edition
-- does not count.
-- Grain: one row per snapshot and outcome that any of them shows.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
    where edition = '20/21'
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

trusts as (
    select periods.organisation_code
    from editions
    inner join periods on {{ is_open_on('editions.census_on', 'periods') }}
    where periods.organisation_type = 'NHS Trust'
),

shown as (
    select
        snapshots.snapshot_date,
        coalesce(assessments.outcome, 'Not Published') as outcome
    from snapshots
    cross join trusts
    left join assessments
        on
            trusts.organisation_code = assessments.organisation_code
            and snapshots.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
            and snapshots.reporting_edition = assessments.edition
)

select
    snapshot_date,
    outcome,
    count(*) as trusts
from shown
group by snapshot_date, outcome
