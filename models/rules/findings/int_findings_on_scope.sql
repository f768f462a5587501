-- Findings on organisations whose existence or place differs between the exports and ODS.
-- Grain: one row per finding.
with compliance as (
    select * from {{ ref('int_organisations_assessed') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

placed_by_export as (
    select * from {{ ref('int_commissioners_placed') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
)

select
    snapshot_date,
    'in scope but not in the export' as check_name,
    organisation_code,
    concat_ws('', organisation_name, ' counts as ', outcome, ' (', outcome_basis, ')') as detail
from compliance
where not is_in_export

union all

select
    snapshot_date,
    'in scope but in no ICB' as check_name,
    organisation_code,
    concat_ws('', organisation_name, ': no release gives it an ICB that was open on the census date') as detail
from compliance
where icb_code is null and side is not null

union all

select
    snapshots.snapshot_date,
    'called an NHS trust but not one in ODS' as check_name,
    assessments.organisation_code,
    concat_ws('', assessments.organisation_name, ' declares the sector "', assessments.sector_as_exported, '"')
        as detail
from assessments
inner join snapshots
    on snapshots.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
left join periods
    on assessments.organisation_code = periods.organisation_code and periods.organisation_type = 'NHS Trust'
where assessments.sector = 'NHS Trust' and periods.organisation_code is null

union all

select
    compliance.snapshot_date,
    'ICB differs between export and ODS' as check_name,
    compliance.organisation_code,
    concat_ws('', 'The export says ', assessments.commissioner_as_exported, ', ODS says ', compliance.icb_name)
        as detail
from compliance
inner join assessments
    on
        compliance.organisation_code = assessments.organisation_code
        and compliance.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
left join placed_by_export
    on
        compliance.snapshot_date = placed_by_export.snapshot_date
        and assessments.commissioner_as_exported = placed_by_export.commissioner_as_exported
where
    assessments.commissioner_as_exported is not null
    and compliance.icb_code != coalesce(placed_by_export.icb_code, 'none')
