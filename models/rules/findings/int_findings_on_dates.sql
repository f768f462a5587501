-- Findings on dates of publication: missing, unreadable or outside the window of the edition.
-- Grain: one row per finding.
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

dated as (
    select
        assessments.*,
        {{ is_outside_window('assessments.published_on', 'editions') }} as is_outside
    from assessments
    inner join editions on assessments.edition = editions.edition
),

undated as (
    select
        snapshots.snapshot_date,
        assessments.*
    from assessments
    inner join snapshots
        on snapshots.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
    where
        assessments.published_on is null
        and (assessments.edition is not null or assessments.published_on_text is not null)
)

select
    snapshot_date,
    'unreadable dates' as check_name,
    cast(null as string) as organisation_code,
    concat_ws('', count(*), ' publication dates are not dates, such as "', min(published_on_text), '"') as detail
from undated
where published_on_text is not null
group by snapshot_date

union all

select
    snapshot_date,
    'outcomes without a date' as check_name,
    cast(null as string) as organisation_code,
    concat_ws('', count(*), ' outcomes have no date of publication, the first of ', min(organisation_code)) as detail
from undated
where edition is not null
group by snapshot_date

union all

select
    snapshots.snapshot_date,
    'date outside the window of the edition' as check_name,
    dated.organisation_code,
    concat_ws('', dated.status, ' with the date ', dated.published_on) as detail
from dated
inner join snapshots on snapshots.snapshot_date between dated.first_snapshot_date and dated.last_snapshot_date
where
    (dated.is_outside or dated.published_on > snapshots.snapshot_date)
    -- redundant, but it leaves few rows to look for in each snapshot
    and (dated.is_outside or dated.published_on > dated.first_snapshot_date)
