-- Why: an export that was put together from other data once had made-up names and dates next to real codes. A
-- placeholder in place of a name stops the build, and the message names it.
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

problems as (
    select
        concat_ws(
            '', exports.source_file, ' has the name "', assessments.organisation_name, '" in the row of ',
            assessments.organisation_code, ', which is no name: use the row that the portal gave, or the real name ',
            'and no date.'
        ) as problem
    from assessments
    inner join exports
        on exports.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
    where upper(assessments.organisation_name) = 'SUCCESSOR ' || assessments.organisation_code
)

select 'made up' as problem
where not {{ no_row_in('problems') }}
