-- The exports, and the edition that each reports: the newest whose deadline had come by then (R2). An organisation must
-- be open on the census date to be counted: the edition's own date, or else the day of the snapshot (R3). A file that
-- the seed dspt_exports does not describe counts as whole if it has more rows than `whole_from_rows`.
-- Grain: one row per snapshot.
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

described as (
    select * from {{ ref('dspt_exports') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

due as (
    select
        exports.*,
        editions.edition as reporting_edition,
        coalesce(editions.census_on, exports.snapshot_date) as census_on,
        {{ days_between('editions.deadline_on', 'exports.snapshot_date') }} as days_after_deadline,
        row_number() over (partition by exports.snapshot_date order by editions.deadline_on desc) as recency_rank
    from exports
    left join editions on exports.snapshot_date >= editions.deadline_on
),

problems as (
    select
        source_file
        || ' is older than the first deadline in seeds/dspt/dspt_editions.csv: add its edition.' as problem
    from due
    where reporting_edition is null
)

select
    due.snapshot_date,
    due.snapshot_at,
    due.source_file,
    due.reporting_edition,
    due.census_on,
    due.days_after_deadline,
    due.encoding,
    due.size_in_bytes,
    due.sha256,
    due.data_rows,
    coalesce(
        described.completeness, case when due.data_rows > {{ var('whole_from_rows') }} then 'whole' else 'part' end
    ) as completeness,
    described.source,
    row_number() over (partition by due.reporting_edition order by due.snapshot_date desc) = 1 as is_newest_of_edition
from due
left join described on due.source_file = described.source_file
where due.recency_rank = 1 and {{ no_row_in('problems') }}
