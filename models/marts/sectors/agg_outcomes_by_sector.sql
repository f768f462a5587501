-- The whole export by sector, edition and outcome, with the number published after the deadline of the edition.
-- Organisations declare their own sector, so this is a breakdown of the export, not a count of trusts.
-- Grain: one row per snapshot, sector, edition (null for Not Published) and outcome.
with counted as (
    select
        snapshot_date,
        sector,
        edition,
        outcome,
        sum(organisations) as organisations,
        sum(case when is_late then organisations else 0 end) as published_late
    from {{ ref('int_assessments_counted') }}
    group by snapshot_date, sector, edition, outcome
)

select
    snapshot_date,
    sector,
    edition,
    outcome,
    cast(organisations as bigint) as organisations,
    organisations / cast(sum(organisations) over (partition by snapshot_date, sector) as double) as share,
    cast(published_late as bigint) as published_late
from counted
