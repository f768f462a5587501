-- Every figure that the old page showed beside ours, and why they differ where they do. Each publication is compared
-- with the snapshot that it was made from; where that is not loaded there is nothing to compare. A score in the middle
-- between two (1.125) agrees with either: the page rounded a half to the even digit (1.12).
-- Grain: one row per published figure.
with published as (
    select * from {{ ref('int_figures_published') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

computed as (
    select * from {{ ref('rec_computed_figures') }}
),

scores as (
    select * from {{ ref('agg_icb_scores') }}
),

rounded as (
    select
        published.*,
        case
            when round(abs(scores.composite_score - published.published), 9) = 0.005 then published.published
            else computed.computed
        end as computed
    from published
    left join computed
        on
            published.snapshot_date = computed.snapshot_date
            and published.figure = computed.figure
            and coalesce(published.organisation_type, '') = coalesce(computed.organisation_type, '')
            and coalesce(published.icb_code, '') = coalesce(computed.icb_code, '')
            and coalesce(published.outcome, '') = coalesce(computed.outcome, '')
    left join scores
        on
            published.figure = 'composite_score'
            and published.snapshot_date = scores.snapshot_date
            and published.icb_code = scores.icb_code
),

compared as (
    select
        rounded.*,
        round(rounded.computed - rounded.published, 6) as difference,
        snapshots.snapshot_date is not null as is_loaded
    from rounded
    left join snapshots on rounded.snapshot_date = snapshots.snapshot_date
)

select
    publication,
    snapshot_date,
    figure,
    organisation_type,
    icb_code,
    outcome,
    published,
    computed,
    difference,
    case
        when not is_loaded then 'The snapshot of this day is not loaded.'
        when difference != 0 or computed is null then reason
    end as reason
from compared
