-- How each organisation changed between two snapshots or two editions: improved or worsened by the order of outcomes,
-- unchanged, entered or left. If no outcome was seen on one side, that is neither better nor worse (R12). An export
-- shows only the latest status, so a change is known only if the earlier export was kept.
-- Grain: one row per comparison, pair of snapshots and organisation in scope in either.
with compared as (
    select * from {{ ref('int_outcomes_compared') }}
),

successions as (
    select * from {{ ref('int_successions_corrected') }}
),

display_names as (
    select * from {{ ref('int_display_names') }}
),

successors as (
    select
        compared.comparison,
        compared.to_snapshot_date,
        compared.organisation_code,
        {{ list_of('successions.successor_code') }} as successor
    from compared
    inner join successions
        on
            compared.organisation_code = successions.predecessor_code
            and compared.to_snapshot_date >= successions.effective_on
    where compared.to_outcome is null and compared.is_closed
    group by compared.comparison, compared.to_snapshot_date, compared.organisation_code
)

select
    compared.comparison,
    compared.organisation_code,
    compared.organisation_type,
    compared.type_order,
    compared.organisation_name,
    display_names.display_name,
    compared.from_snapshot_date,
    compared.from_edition,
    compared.from_outcome,
    compared.from_published_on,
    compared.to_snapshot_date,
    compared.to_edition,
    compared.to_outcome,
    compared.to_published_on,
    compared.from_published_on = compared.to_published_on as kept_date,
    case
        when compared.from_outcome is null then 'entered'
        when compared.to_outcome is null then 'left'
        when not compared.comparable then null
        when 'Not Published' in (compared.from_outcome, compared.to_outcome) then 'no outcome seen'
        when compared.to_order < compared.from_order then 'improved'
        when compared.to_order > compared.from_order then 'worsened'
        else 'unchanged'
    end as kind,
    case
        when compared.from_outcome is null and compared.is_opened then 'opened'
        when compared.from_outcome is null then 'new in scope'
    end as entered_because,
    case
        when compared.to_outcome is null and compared.is_closed then 'closed'
        when compared.to_outcome is null then 'out of scope'
    end as left_because,
    successors.successor,
    compared.from_days_after_deadline,
    compared.to_days_after_deadline,
    compared.comparable,
    compared.same_types
from compared
left join display_names on compared.organisation_name = display_names.organisation_name
left join successors
    on
        compared.comparison = successors.comparison
        and compared.to_snapshot_date = successors.to_snapshot_date
        and compared.organisation_code = successors.organisation_code
