-- The outcomes of each organisation on both sides of a comparison (null if not in scope), and whether it opened or
-- closed in between. Two left joins from all organisations in scope on either side replace a full join.
-- Grain: one row per comparison, pair of snapshots and organisation in scope in either.
with pairs as (
    select * from {{ ref('int_snapshots_compared') }}
),

compliance as (
    select * from {{ ref('int_compliance') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

periods as (
    select * from {{ ref('int_organisation_periods') }}
),

ordered as (
    select
        compliance.snapshot_date,
        compliance.organisation_code,
        compliance.organisation_name,
        compliance.type_order,
        compliance.outcome,
        compliance.published_on,
        outcomes.outcome_order
    from compliance
    left join outcomes on compliance.outcome = outcomes.outcome
),

organisations as (
    select
        pairs.*,
        ordered.organisation_code
    from pairs
    inner join ordered on pairs.from_snapshot_date = ordered.snapshot_date

    union

    select
        pairs.*,
        ordered.organisation_code
    from pairs
    inner join ordered on pairs.to_snapshot_date = ordered.snapshot_date
)

select
    organisations.comparison,
    organisations.from_snapshot_date,
    organisations.from_edition,
    organisations.to_snapshot_date,
    organisations.to_edition,
    organisations.from_days_after_deadline,
    organisations.to_days_after_deadline,
    organisations.comparable,
    organisations.same_types,
    organisations.organisation_code,
    coalesce(later.organisation_name, earlier.organisation_name) as organisation_name,
    periods.organisation_type,
    coalesce(later.type_order, earlier.type_order) as type_order,
    earlier.outcome as from_outcome,
    earlier.outcome_order as from_order,
    earlier.published_on as from_published_on,
    later.outcome as to_outcome,
    later.outcome_order as to_order,
    later.published_on as to_published_on,
    periods.opened_on > organisations.from_census_on as is_opened,
    periods.closed_on < organisations.to_census_on as is_closed
from organisations
left join periods on organisations.organisation_code = periods.organisation_code
left join ordered as earlier
    on
        organisations.from_snapshot_date = earlier.snapshot_date
        and organisations.organisation_code = earlier.organisation_code
left join ordered as later
    on
        organisations.to_snapshot_date = later.snapshot_date
        and organisations.organisation_code = later.organisation_code
