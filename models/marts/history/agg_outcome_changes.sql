-- How many organisations improved, worsened, stayed the same, entered and left, between neighbouring snapshots and
-- between the newest snapshots of neighbouring editions. Editions under different frameworks are not compared (R11):
-- all organisations on both sides count as `not compared`. A Total exists only if both sides have the same types of
-- organisation (R12).
-- Grain: one row per comparison, pair of snapshots and organisation type (or Total).
with outcome_changes as (
    select * from {{ ref('fct_outcome_changes') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

changes as (
    select
        outcome_changes.*,
        snapshots.has_page
    from outcome_changes
    left join snapshots on outcome_changes.to_snapshot_date = snapshots.snapshot_date
)

select
    comparison,
    from_snapshot_date,
    from_edition,
    to_snapshot_date,
    to_edition,
    from_days_after_deadline,
    to_days_after_deadline,
    comparable,
    same_types,
    has_page,
    coalesce(organisation_type, 'Total') as organisation_type,
    case when organisation_type is not null then min(type_order) end as type_order,
    count(case when from_outcome is not null and to_outcome is not null then 1 end) as in_both,
    count(case when kind = 'improved' then 1 end) as improved,
    count(case when kind = 'unchanged' then 1 end) as unchanged,
    count(case when kind = 'worsened' then 1 end) as worsened,
    count(case when kind = 'no outcome seen' then 1 end) as no_outcome_seen,
    count(case when kind is null then 1 end) as not_compared,
    count(case when kind = 'entered' then 1 end) as entered,
    count(case when kind = 'left' then 1 end) as left_scope,
    count(case when kind in ('improved', 'worsened') then 1 end) as moved,
    count(case when kept_date and kind in ('improved', 'worsened') then 1 end) as moved_under_one_date
from changes
group by
    comparison, from_snapshot_date, from_edition, to_snapshot_date, to_edition, from_days_after_deadline,
    to_days_after_deadline, comparable, same_types, has_page, cube(organisation_type)
having organisation_type is not null or same_types
