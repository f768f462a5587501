-- The releases of these figures: when each was made, from which commit, and how many figures it corrected.
-- Grain: one row per release.
with releases as (
    select * from {{ ref('releases') }}
),

changes as (
    select * from {{ ref('release_changes') }}
),

corrections as (
    select
        version,
        count(*) as corrections
    from changes
    where is_correction
    group by version
)

select
    releases.version,
    releases.release_order,
    releases.released_on,
    releases.commit_id,
    releases.editions,
    coalesce(corrections.corrections, 0) as corrections,
    releases.release_order = max(releases.release_order) over () as is_newest
from releases
left join corrections on releases.version = corrections.version
