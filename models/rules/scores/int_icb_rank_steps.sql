-- How far one step by one trust, such as from Approaching Standards to Standards Met, would move an ICB's rank. All
-- steps between the points of outcomes are equal (R7). One step moves the mean of n trusts by an nth of it. If every
-- trust is at the end of the scale, no further step is possible.
-- Grain: one row per snapshot and ICB with a composite score.
with outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

scale as (
    select
        min(points) as lowest,
        max(points) as highest,
        (max(points) - min(points)) / cast(count(distinct points) - 1 as double) as step
    from outcomes
),

scores as (
    select
        icb_scores.snapshot_date,
        icb_scores.icb_code,
        icb_scores.trust_score < scale.highest as can_rise,
        icb_scores.trust_score > scale.lowest as can_fall,
        icb_scores.commissioner_score,
        icb_scores.trust_score + scale.step / icb_scores.trusts as trust_score_better,
        icb_scores.trust_score - scale.step / icb_scores.trusts as trust_score_worse,
        {{ score_to_rank('icb_scores.composite_score') }} as score
    from {{ ref('int_icb_scores') }} as icb_scores
    cross join scale
    where icb_scores.composite_score is not null
),

moved as (
    select
        *,
        {{ score_to_rank(composite_score('commissioner_score', 'trust_score_better')) }} as score_better,
        {{ score_to_rank(composite_score('commissioner_score', 'trust_score_worse')) }} as score_worse
    from scores
)

select
    moved.snapshot_date,
    moved.icb_code,
    case when moved.can_rise then 1 + count(case when others.score > moved.score_better then 1 end) end
        as rank_one_step_better,
    case when moved.can_fall then 1 + count(case when others.score > moved.score_worse then 1 end) end
        as rank_one_step_worse
from moved
left join scores as others
    on moved.snapshot_date = others.snapshot_date and moved.icb_code != others.icb_code
group by moved.snapshot_date, moved.icb_code, moved.can_rise, moved.can_fall
