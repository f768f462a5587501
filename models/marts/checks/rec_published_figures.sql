-- Every figure that the former page showed next to ours, rounded as it was published, with the reason for each
-- difference. The figures are counts and percentages of the summary table, composite scores, the trusts of each ICB by
-- outcome, and trusts by the outcome under their own code. A publication is compared with the snapshot that it was
-- made from. If we do not have that snapshot, nothing is compared. Flows of trusts between two editions are listed,
-- not computed.
-- Grain: one row per published figure.
with published as (
    select * from {{ ref('int_figures_published') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

outcomes_by_type as (
    select * from {{ ref('agg_outcomes_by_type') }}
),

outcomes_by_icb as (
    select * from {{ ref('agg_outcomes_by_icb') }}
),

scores as (
    select * from {{ ref('int_icb_scores') }}
),

trusts_by_own_code as (
    select * from {{ ref('int_trusts_by_own_code') }}
),

-- figures are rounded only here in SQL: half up, to the published decimals
computed as (
    select
        published.*,
        snapshots.snapshot_date is not null as is_loaded,
        case published.figure
            when 'organisations' then cast(outcomes_by_type.organisations as double)
            when 'row_percent' then {{ round_half_up('100 * outcomes_by_type.share', 1) }}
            when 'trusts_in_icb' then cast(outcomes_by_icb.organisations as double)
            when 'trusts_by_own_code' then cast(trusts_by_own_code.trusts as double)
            when 'composite_score' then {{ round_half_up('scores.composite_score', 2) }}
        end as computed
    from published
    left join snapshots on published.snapshot_date = snapshots.snapshot_date
    left join outcomes_by_type
        on
            published.snapshot_date = outcomes_by_type.snapshot_date
            and published.organisation_type = outcomes_by_type.organisation_type
            and published.outcome = outcomes_by_type.outcome
    left join outcomes_by_icb
        on
            published.snapshot_date = outcomes_by_icb.snapshot_date
            and published.icb_code = outcomes_by_icb.icb_code
            and published.organisation_type = outcomes_by_icb.organisation_type
            and published.outcome = outcomes_by_icb.outcome
    left join scores
        on published.snapshot_date = scores.snapshot_date and published.icb_code = scores.icb_code
    left join trusts_by_own_code
        on
            published.snapshot_date = trusts_by_own_code.snapshot_date
            and published.outcome = trusts_by_own_code.outcome
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
    round(computed - published, 6) as difference,
    case
        when not is_loaded then 'We do not have the export of this day.'
        when figure = 'trusts_moved' then 'Flows of trusts are listed, not computed.'
        when round(computed - published, 6) != 0 or computed is null then reason
    end as reason
from computed
