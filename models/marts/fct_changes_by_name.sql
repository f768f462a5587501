-- The organisations behind the changes from edition to edition, with their names, and with what became of those that
-- left: the list to read beside the flow picture.
-- Grain: one row per pair of editions and organisation in scope of either.
with changes as (
    select * from {{ ref('fct_outcome_changes') }}
),

organisations as (
    select * from {{ ref('dim_organisations') }}
)

select
    changes.from_snapshot_date,
    changes.from_edition,
    changes.to_snapshot_date,
    changes.to_edition,
    changes.organisation_code,
    organisations.organisation_name,
    changes.organisation_type,
    changes.from_outcome,
    changes.to_outcome,
    coalesce(changes.kind, 'not compared') as kind,
    coalesce(changes.entered_because, changes.left_because) as because,
    changes.successor
from changes
left join organisations on changes.organisation_code = organisations.organisation_code
where changes.comparison = 'edition'
