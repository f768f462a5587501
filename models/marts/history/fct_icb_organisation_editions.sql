-- The organisations of each ICB, edition by edition: every organisation that was placed in it in any edition. If an
-- organisation was in another ICB in an edition, its row says so instead of how its outcome changed. Editions from
-- before the ICB began or after it ended are left out.
-- Grain: one row per ICB, organisation once placed in it, and edition in which the ICB was open.
with editions as (
    select * from {{ ref('fct_organisation_editions') }}
),

scores as (
    select * from {{ ref('agg_icb_scores') }}
),

placed as (
    select distinct
        icb_code,
        organisation_code
    from editions
)

select
    placed.icb_code,
    editions.organisation_code,
    editions.display_name,
    editions.organisation_type,
    editions.type_order,
    editions.edition,
    editions.snapshot_date,
    editions.outcome,
    editions.not_counted_because,
    editions.outcome_or_none,
    editions.outcome_basis,
    editions.published_on,
    editions.days_after_deadline,
    case
        when editions.outcome is null or editions.icb_code = placed.icb_code then editions.change
        else concat_ws('', 'then in ', coalesce(editions.icb_name, 'no ICB'))
    end as change,
    coalesce(editions.icb_code = placed.icb_code, false) as is_placed_here
from placed
inner join editions on placed.organisation_code = editions.organisation_code
inner join scores on placed.icb_code = scores.icb_code and editions.snapshot_date = scores.snapshot_date
