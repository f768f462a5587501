-- Every organisation, edition by edition: its outcome in the newest snapshot that counts it, or the reason why none
-- does.
-- Grain: one row per organisation that is in scope in any snapshot, and edition.
with organisations as (
    select * from {{ ref('dim_organisations') }}
),

snapshots as (
    select * from {{ ref('dim_snapshots') }}
),

compliance as (
    select * from {{ ref('fct_compliance') }}
),

changes as (
    select * from {{ ref('fct_outcome_changes') }}
    where comparison = 'edition'
),

editions as (
    select
        reporting_edition as edition,
        snapshot_date,
        census_on
    from snapshots
    where is_newest_of_edition
),

counted as (
    select
        *,
        row_number() over (partition by organisation_code, edition order by snapshot_date desc) as recency_rank
    from compliance
)

select
    organisations.organisation_code,
    organisations.display_name,
    organisations.organisation_type,
    organisations.type_order,
    editions.edition,
    coalesce(counted.snapshot_date, editions.snapshot_date) as snapshot_date,
    counted.outcome,
    case
        when counted.outcome is not null then null
        when organisations.closed_on < editions.census_on then 'closed before'
        when organisations.opened_on > editions.census_on then 'opened later'
        else 'not a commissioner'
    end as not_counted_because,
    coalesce(counted.outcome, 'Not counted') as outcome_or_none,
    counted.points,
    counted.outcome_basis,
    counted.inherited_from,
    givers.display_name as inherited_from_name,
    counted.inheritance_path,
    counted.own_status,
    counted.outcome_status,
    counted.outcome_seen_on,
    counted.published_on,
    counted.days_after_deadline,
    counted.icb_code,
    counted.icb_name,
    counted.region_name,
    counted.place_release_date,
    counted.is_placed_later,
    changes.kind as change
from organisations
cross join editions
left join counted
    on
        organisations.organisation_code = counted.organisation_code
        and editions.edition = counted.edition
        and counted.recency_rank = 1
left join changes
    on counted.organisation_code = changes.organisation_code and counted.snapshot_date = changes.to_snapshot_date
left join organisations as givers on counted.inherited_from = givers.organisation_code
