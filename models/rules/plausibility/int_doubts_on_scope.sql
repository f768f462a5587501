-- Doubts about an export that lacks organisations: more than 5 % of those in scope have no row in it. The most in real
-- exports is 1.4 %, in rebuilt ones. A doubt about an export that DSPT_ACCEPT does not name stops the build.
-- Grain: one row per doubt about an accepted export.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

assessed as (
    select * from {{ ref('int_organisations_assessed') }}
),

measured as (
    select
        assessed.snapshot_date,
        snapshots.source_file,
        count(*) as organisations,
        count(case when not assessed.is_in_export then 1 end) as missing
    from assessed
    inner join snapshots on assessed.snapshot_date = snapshots.snapshot_date
    group by assessed.snapshot_date, snapshots.source_file
),

doubts as (
    select
        snapshot_date,
        source_file,
        concat_ws('', 'has no row for ', missing, ' of the ', organisations, ' organisations in scope') as doubt
    from measured
    where missing * 20 > organisations
)

select
    snapshot_date,
    source_file,
    doubt
from doubts
where {{ are_accepted('doubts') }}
