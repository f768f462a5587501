-- How many organisations in an export share the same sector and outcome. The count adds one where a run begins and
-- subtracts one after it ends, so many exports cost little more than their changes.
-- Grain: one row per snapshot, sector, sector as exported, edition, outcome, and the three facts on its date.
{% set said = 'sector, sector_as_exported, edition, outcome, is_late, is_undated, is_outside' %}
with assessments as (
    select
        assessments.*,
        coalesce(assessments.published_on > editions.deadline_on, false) as is_late,
        assessments.edition is not null and assessments.published_on is null as is_undated,
        coalesce(
            assessments.published_on <= editions.previous_deadline_on
            or assessments.published_on > editions.next_deadline_on,
            false
        ) as is_outside
    from {{ ref('int_assessments_parsed') }} as assessments
    left join {{ ref('int_editions') }} as editions on assessments.edition = editions.edition
),

snapshots as (
    select
        snapshot_date,
        lead(snapshot_date) over (order by snapshot_date) as next_snapshot_date
    from {{ ref('int_snapshots_reported') }}
),

changes as (
    select
        {{ said }},
        first_snapshot_date as snapshot_date,
        1 as change
    from assessments

    union all

    select
        assessments.{{ said | replace(', ', ', assessments.') }},
        snapshots.next_snapshot_date as snapshot_date,
        -1 as change
    from assessments
    inner join snapshots on assessments.last_snapshot_date = snapshots.snapshot_date
    where snapshots.next_snapshot_date is not null
),

levels as (
    select
        {{ said }},
        snapshot_date,
        sum(sum(change)) over (partition by {{ said }} order by snapshot_date) as organisations,
        lead(snapshot_date) over (partition by {{ said }} order by snapshot_date) as until
    from changes
    group by {{ said }}, snapshot_date
)

select
    snapshots.snapshot_date,
    levels.{{ said | replace(', ', ', levels.') }},
    cast(levels.organisations as bigint) as organisations
from snapshots
inner join levels
    on
        snapshots.snapshot_date >= levels.snapshot_date
        and (snapshots.snapshot_date < levels.until or levels.until is null)
where levels.organisations > 0
