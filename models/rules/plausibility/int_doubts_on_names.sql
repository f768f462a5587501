-- Doubts about an export whose names or ICBs do not fit the codes in scope. More than `doubt_percent` have a name that
-- does not belong to the code (at most 1.8 % in real exports, in June 2019), or another ICB than in ODS (at most
-- 0.5 %). Either means that a column has slipped against the codes.
-- Grain: one row per doubt.
with in_scope as (
    select * from {{ ref('int_organisations_placed') }}
),

names as (
    select * from {{ ref('int_names_compared') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

commissioners as (
    select * from {{ ref('int_commissioners_placed') }}
),

measured as (
    select
        in_scope.snapshot_date,
        count(names.organisation_code) as named,
        count(case when not names.is_own_name then 1 end) as misnamed,
        count(commissioners.icb_code) as placed,
        count(case when commissioners.icb_code != in_scope.icb_code then 1 end) as misplaced
    from in_scope
    inner join assessments
        on
            in_scope.organisation_code = assessments.organisation_code
            and in_scope.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
    left join names
        on
            in_scope.organisation_code = names.organisation_code
            and in_scope.snapshot_date between names.first_snapshot_date and names.last_snapshot_date
    left join commissioners
        on
            in_scope.snapshot_date = commissioners.snapshot_date
            and assessments.commissioner_as_exported = commissioners.commissioner_as_exported
    group by in_scope.snapshot_date
)

select
    snapshot_date,
    concat_ws('', 'has a name that does not belong to the code for ', misnamed, ' of the ', named, ' codes in scope')
        as doubt
from measured
where misnamed * 100 > named * {{ var('doubt_percent') }}

union all

select
    snapshot_date,
    concat_ws('', 'has another ICB than ODS for ', misplaced, ' of the ', placed, ' codes in scope with an ICB')
        as doubt
from measured
where misplaced * 100 > placed * {{ var('doubt_percent') }}
