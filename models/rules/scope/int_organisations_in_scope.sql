-- Which organisations count (R3): trusts, commissioners of the edition's type and CSUs that were open on the census
-- date; the first and last days count. They come from ODS and ONS, never from the export: an organisation that is
-- missing there still counts.
-- Grain: one row per snapshot and organisation in scope.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
),

types as (
    select * from {{ ref('organisation_types') }}
)

select
    snapshots.snapshot_date,
    snapshots.reporting_edition,
    snapshots.census_on,
    periods.organisation_code,
    periods.organisation_type
from snapshots
inner join editions on snapshots.reporting_edition = editions.edition
inner join periods on {{ is_open_on('snapshots.census_on', 'periods') }}
inner join types on periods.organisation_type = types.organisation_type
where periods.organisation_type = editions.commissioner_type or types.side is distinct from 'commissioner'
