-- Every figure that the old page showed beside ours, and why they differ where they do. Each publication is compared
-- with the snapshot that it was made from; where that is not loaded there is nothing to compare.
-- Grain: one row per published figure.
with published as (
    select * from {{ ref('published_figures') }}
),

reasons as (
    select * from {{ ref('published_differences') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

computed as (
    select * from {{ ref('int_figures_computed') }}
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
    compared.publication,
    compared.snapshot_date,
    compared.figure,
    compared.organisation_type,
    compared.icb_code,
    compared.outcome,
    compared.published,
    compared.computed,
    compared.difference,
    case
        when not compared.is_loaded then 'The snapshot of this day is not loaded.'
        when compared.difference != 0 or compared.computed is null then reasons.reason
    end as reason
from compared
left join reasons
    on
        compared.publication = reasons.publication
        and compared.figure = reasons.figure
        and coalesce(compared.organisation_type, '') = coalesce(reasons.organisation_type, '')
        and coalesce(compared.icb_code, '') = coalesce(reasons.icb_code, '')
        and coalesce(compared.outcome, '') = coalesce(reasons.outcome, '')
