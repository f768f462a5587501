-- How many improved, worsened, stayed, came and went between the newest snapshots of neighbouring editions. Editions of
-- different frameworks are not compared (R11): there `not compared` stands for everyone who is on both sides.
-- Grain: one row per pair of editions and organisation type (or Total).
with changes as (
    select * from {{ ref('fct_outcome_changes') }}
    where comparison = 'edition'
)

select
    from_snapshot_date,
    from_edition,
    to_snapshot_date,
    to_edition,
    comparable,
    coalesce(organisation_type, 'Total') as organisation_type,
    count(case when from_outcome is not null and to_outcome is not null then 1 end) as in_both,
    count(case when kind = 'improved' then 1 end) as improved,
    count(case when kind = 'unchanged' then 1 end) as unchanged,
    count(case when kind = 'worsened' then 1 end) as worsened,
    count(case when kind is null then 1 end) as not_compared,
    count(case when kind = 'entered' then 1 end) as entered,
    count(case when kind = 'left' then 1 end) as left_scope
from changes
group by from_snapshot_date, from_edition, to_snapshot_date, to_edition, comparable, cube(organisation_type)
