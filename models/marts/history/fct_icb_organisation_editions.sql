-- The organisations of each ICB, edition by edition: every one that was placed in it in any edition on hand, with its
-- outcomes before and after too.
-- Grain: one row per ICB, organisation once placed in it, and edition on hand.
with editions as (
    select * from {{ ref('fct_organisation_editions') }}
),

placed as (
    select distinct
        icb_code,
        organisation_code
    from editions
    where icb_code is not null
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
    editions.standing,
    editions.outcome_basis,
    editions.published_on,
    editions.days_after_deadline,
    editions.change,
    coalesce(editions.icb_code = placed.icb_code, false) as is_placed_here
from placed
inner join editions on placed.organisation_code = editions.organisation_code
