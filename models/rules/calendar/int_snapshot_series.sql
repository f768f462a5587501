-- The series of editions that leads up to each snapshot: the snapshot itself, and the newest snapshot of each earlier
-- edition. Editions under another framework are not comparable with it (R11).
-- Grain: one row per snapshot and edition up to its own.
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

dated as (
    select
        snapshots.snapshot_date,
        snapshots.reporting_edition as edition,
        editions.framework,
        editions.deadline_on,
        snapshots.days_after_deadline,
        snapshots.is_newest_of_edition
    from snapshots
    inner join editions on snapshots.reporting_edition = editions.edition
)

select
    dated.snapshot_date,
    earlier.edition,
    earlier.snapshot_date as as_of,
    earlier.days_after_deadline as as_of_days_after_deadline,
    earlier.framework = dated.framework as comparable,
    cast(row_number() over (partition by dated.snapshot_date order by earlier.deadline_on desc) - 1 as bigint)
        as editions_back
from dated
inner join dated as earlier
    on
        dated.snapshot_date = earlier.snapshot_date
        or (earlier.is_newest_of_edition and dated.deadline_on > earlier.deadline_on)
