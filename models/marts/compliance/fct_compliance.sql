-- The outcome of every organisation in scope, with names as people read them and points on the map. Every
-- figure on these organisations comes from here or from int_compliance.
-- Grain: one row per snapshot and organisation in scope.
with assessed as (
    select * from {{ ref('int_compliance') }}
),

organisations as (
    select * from {{ ref('dim_organisations') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

display_names as (
    select * from {{ ref('int_display_names') }}
)

select
    assessed.snapshot_date,
    assessed.edition,
    assessed.organisation_code,
    assessed.organisation_name,
    display_names.display_name,
    case
        when organisations.display_name != display_names.display_name
            then concat_ws('', organisations.display_name, ' (', display_names.display_name, ')')
        else coalesce(organisations.display_name, display_names.display_name)
    end as newest_name,
    assessed.organisation_type,
    assessed.type_order,
    assessed.side,
    assessed.icb_code,
    assessed.icb_name,
    assessed.region_code,
    assessed.region_name,
    assessed.place_release_date,
    assessed.is_placed_later,
    assessed.own_status,
    assessed.outcome_status,
    assessed.outcome_seen_on,
    assessed.is_in_export,
    assessed.outcome,
    assessed.points,
    assessed.outcome_basis,
    assessed.inherited_from,
    assessed.inheritance_path,
    assessed.published_on,
    assessed.days_after_deadline,
    organisations.latitude,
    organisations.longitude,
    snapshots.has_page
from assessed
left join snapshots on assessed.snapshot_date = snapshots.snapshot_date
left join organisations on assessed.organisation_code = organisations.organisation_code
left join display_names on assessed.organisation_name = display_names.organisation_name
