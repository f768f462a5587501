-- Our figures in the shape and with the decimals of what was published: counts and percentages of the summary table,
-- composite scores, and the trusts of each ICB by outcome. Rounding half up to the published decimals is the only
-- rounding of figures in SQL.
-- Grain: one row per snapshot, figure, organisation type and outcome, or ICB.
with outcomes_by_type as (
    select * from {{ ref('agg_outcomes_by_type') }}
),

icb_scores as (
    select * from {{ ref('agg_icb_scores') }}
),

outcomes_by_icb as (
    select * from {{ ref('agg_outcomes_by_icb') }}
)

select
    snapshot_date,
    'organisations' as figure,
    organisation_type,
    cast(null as string) as icb_code,
    outcome,
    cast(organisations as double) as computed
from outcomes_by_type

union all

select
    snapshot_date,
    'row_percent' as figure,
    organisation_type,
    cast(null as string) as icb_code,
    outcome,
    {{ round_half_up('100 * share', 1) }} as computed
from outcomes_by_type

union all

select
    snapshot_date,
    'composite_score' as figure,
    cast(null as string) as organisation_type,
    icb_code,
    cast(null as string) as outcome,
    {{ round_half_up('composite_score', 2) }} as computed
from icb_scores

union all

select
    snapshot_date,
    'trusts_in_icb' as figure,
    organisation_type,
    icb_code,
    outcome,
    cast(organisations as double) as computed
from outcomes_by_icb
where organisation_type = 'NHS Trust'
