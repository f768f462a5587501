-- How many organisations in an export share the same sector and outcome.
-- Grain: one row per snapshot, sector, sector as exported, edition, outcome, and the three facts on its date.
{% set columns = 'sector, sector_as_exported, edition, outcome, is_late, is_undated, is_outside' %}
with assessments as (
    select
        assessments.*,
        coalesce(assessments.published_on > editions.deadline_on, false) as is_late,
        assessments.edition is not null and assessments.published_on is null as is_undated,
        coalesce({{ is_outside_window('assessments.published_on', 'editions') }}, false) as is_outside
    from {{ ref('int_assessments_parsed') }} as assessments
    left join {{ ref('int_editions') }} as editions on assessments.edition = editions.edition
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

counts as ({{ counts_by_day('assessments', columns, 'first_snapshot_date', 'last_snapshot_date') }})

select
    snapshots.snapshot_date,
    counts.{{ columns | replace(', ', ', counts.') }},
    counts.organisations
from snapshots
inner join counts
    on snapshots.snapshot_date >= counts.changed_on and snapshots.snapshot_date < counts.until
where counts.organisations > 0
