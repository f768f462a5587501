-- How far one step by one trust, such as from Approaching Standards to Standards Met, would move an ICB's rank. A step
-- is 2 points (R7). It moves the mean of n trusts by 2 / n and the composite score by 1 / n. If every trust is at the
-- end of the scale, no further step is possible. Each sum is rounded once, as a decimal. Rounding a third before
-- adding it breaks a tie (0.333333333 + 0.333333333 is less than 0.666666667), and a sum in another order may differ
-- in the sixteenth digit.
-- Grain: one row per snapshot and ICB with a composite score.
with scores as (
    select
        snapshot_date,
        icb_code,
        trust_score,
        cast(composite_score as decimal(12, 9)) as score,
        cast(composite_score + 1 / cast(trusts as double) as decimal(12, 9)) as score_one_step_better,
        cast(composite_score - 1 / cast(trusts as double) as decimal(12, 9)) as score_one_step_worse
    from {{ ref('int_icb_scores') }}
    where composite_score is not null
)

select
    scores.snapshot_date,
    scores.icb_code,
    case
        when scores.trust_score < 3 then 1 + count(case when others.score > scores.score_one_step_better then 1 end)
    end as rank_one_step_better,
    case
        when scores.trust_score > -3 then 1 + count(case when others.score > scores.score_one_step_worse then 1 end)
    end as rank_one_step_worse
from scores
left join scores as others
    on scores.snapshot_date = others.snapshot_date and scores.icb_code != others.icb_code
group by scores.snapshot_date, scores.icb_code, scores.trust_score
