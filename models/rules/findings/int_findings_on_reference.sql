-- Findings on the reference data: corrections that the source now has itself, and snapshots that are older than every
-- release of a list.
-- Grain: one row per finding.
with successions as (
    select * from {{ ref('ods_successions') }}
),

corrections as (
    select * from {{ ref('ods_corrections') }}
),

trusts as (
    select * from {{ ref('int_trusts_released') }}
),

releases as (
    select * from {{ ref('int_organisation_releases') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

caught_up as (
    select corrections.*
    from corrections
    inner join successions
        on
            corrections.organisation_code = successions.predecessor_code
            and corrections.successor_code = successions.successor_code
    where corrections.correction = 'add succession'

    union

    select corrections.*
    from corrections
    inner join trusts
        on corrections.organisation_code = trusts.organisation_code and trusts.closed_on is not null
    where corrections.correction = 'close organisation'
),

oldest_releases as (
    select
        organisation_type,
        min(release_date) as oldest_release_date
    from releases
    group by organisation_type
)

select
    cast(null as date) as snapshot_date,
    'correction that the source has caught up with' as check_name,
    organisation_code,
    concat_ws(
        '', correction, ' ', coalesce(successor_code, ''), ' is no longer needed in seeds/ods/ods_corrections.csv'
    )
        as detail
from caught_up

union all

select
    snapshots.snapshot_date,
    'no release on or before the census' as check_name,
    cast(null as string) as organisation_code,
    concat_ws(
        '', oldest_releases.organisation_type, ': the oldest release, ', oldest_releases.oldest_release_date,
        ', is later than the census of ', snapshots.census_on
    ) as detail
from snapshots
inner join oldest_releases on snapshots.census_on < oldest_releases.oldest_release_date
