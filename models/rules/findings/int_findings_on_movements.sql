-- Findings on movements that readers will ask about, and on organisations that still show the previous edition. Larger
-- movements stop the build.
-- Grain: one row per finding.
with movements as (
    select * from {{ ref('int_outcome_movements') }}
    where all_organisations >= {{ var('judged_from') }} and all_organisations_before >= {{ var('judged_from') }}
),

in_scope as (
    select * from {{ ref('int_organisations_placed') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

shown as (
    select
        in_scope.snapshot_date,
        in_scope.icb_code,
        in_scope.icb_name,
        reporting.edition as reporting_edition,
        coalesce(editions.edition_order < reporting.edition_order, false) as is_older
    from in_scope
    inner join snapshots on in_scope.snapshot_date = snapshots.snapshot_date
    inner join editions as reporting on snapshots.reporting_edition = reporting.edition
    left join assessments
        on
            in_scope.organisation_code = assessments.organisation_code
            and in_scope.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
    left join editions on assessments.edition = editions.edition
)

select
    snapshot_date,
    'outcome that moved by over 10 points' as check_name,
    cast(null as string) as organisation_code,
    concat_ws(
        '', organisation_type, ', ', outcome, ': ', organisations, ' of ', all_organisations, ', after ',
        organisations_before, ' of ', all_organisations_before, ' on ', date_before
    ) as detail
from movements
where {{ has_moved(10) }}

union all

select
    snapshot_date,
    'older edition still shown' as check_name,
    icb_code as organisation_code,
    concat_ws(
        '', coalesce(icb_name, 'Not in an ICB'), ': ', count(case when is_older then 1 end), ' of ', count(*),
        ' organisations show an edition before ', reporting_edition
    ) as detail
from shown
group by snapshot_date, icb_code, icb_name, reporting_edition
having count(case when is_older then 1 end) > 0
