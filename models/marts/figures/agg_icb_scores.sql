-- The composite score of each ICB (R8), its own outcome, and its rank in England and in its region. Equal scores share
-- a rank.
-- Grain: one row per snapshot and ICB open on the census date.
with scores as (
    select * from {{ ref('int_icb_scores') }}
),

rank_steps as (
    select * from {{ ref('int_icb_rank_steps') }}
),

icbs as (
    select * from {{ ref('fct_compliance') }}
    where organisation_type = 'Integrated Care Board (ICB)'
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

scores_to_rank as (
    select
        scores.*,
        {{ score_to_rank('scores.composite_score') }} as score_to_rank,
        row_number() over (partition by scores.icb_code order by scores.snapshot_date desc) as recency_rank
    from scores
),

ranked as (
    select
        snapshot_date,
        icb_code,
        cast(rank() over (partition by snapshot_date order by score_to_rank desc) as bigint) as rank_in_england,
        count(*) over (partition by snapshot_date) as icbs_in_england,
        count(*) over (partition by snapshot_date, score_to_rank) as icbs_with_this_score,
        cast(rank() over (partition by snapshot_date, region_code order by score_to_rank desc) as bigint)
            as rank_in_region,
        count(*) over (partition by snapshot_date, region_code) as icbs_in_region,
        rank() over (partition by snapshot_date order by score_to_rank) as rank_from_below
    from scores_to_rank
    where score_to_rank is not null
)

select
    scores_to_rank.snapshot_date,
    scores_to_rank.edition,
    scores_to_rank.icb_code,
    scores_to_rank.icb_ons_code,
    scores_to_rank.icb_name,
    scores_to_rank.region_code,
    scores_to_rank.region_name,
    icbs.outcome as icb_outcome,
    scores_to_rank.commissioner_score,
    scores_to_rank.commissioner_basis,
    scores_to_rank.locations,
    scores_to_rank.registered_patients,
    scores_to_rank.patients_counted_on,
    scores_to_rank.trusts,
    scores_to_rank.trust_score,
    scores_to_rank.composite_score,
    ranked.rank_in_england,
    ranked.icbs_in_england,
    ranked.icbs_with_this_score,
    ranked.rank_in_region,
    ranked.icbs_in_region,
    rank_steps.rank_one_step_better,
    rank_steps.rank_one_step_worse,
    scores_to_rank.trusts <= 2 as has_few_trusts,
    coalesce(ranked.rank_in_england = 1, false) as is_highest,
    coalesce(ranked.rank_from_below = 1, false) as is_lowest,
    scores_to_rank.recency_rank = 1 as is_newest,
    snapshots.has_page,
    snapshots.whole_snapshot_date
from scores_to_rank
left join ranked on scores_to_rank.snapshot_date = ranked.snapshot_date and scores_to_rank.icb_code = ranked.icb_code
left join rank_steps
    on scores_to_rank.snapshot_date = rank_steps.snapshot_date and scores_to_rank.icb_code = rank_steps.icb_code
left join icbs on scores_to_rank.snapshot_date = icbs.snapshot_date and scores_to_rank.icb_code = icbs.organisation_code
left join snapshots on scores_to_rank.snapshot_date = snapshots.snapshot_date
