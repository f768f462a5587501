-- Every figure that the old page showed beside ours, and why they differ where they do. Each publication is compared
-- with the snapshot that it was made from; where that is not loaded there is nothing to compare.
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

compared as (
    select
        published.*,
        computed.computed,
        round(computed.computed - published.published, 6) as difference,
        snapshots.snapshot_date is not null as is_loaded
    from published
    left join snapshots on published.snapshot_date = snapshots.snapshot_date
    left join computed
        on
            published.snapshot_date = computed.snapshot_date
            and published.figure = computed.figure
            and coalesce(published.organisation_type, '') = coalesce(computed.organisation_type, '')
            and coalesce(published.icb_code, '') = coalesce(computed.icb_code, '')
            and coalesce(published.outcome, '') = coalesce(computed.outcome, '')
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
