-- The exports on hand, and the edition that each reports: the newest whose deadline had come by then (R2). The census
-- is the day on which an organisation had to be open to be counted: the edition's own, else the snapshot's (R3).
-- Grain: one row per snapshot.
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
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
        row_number() over (partition by exports.snapshot_date order by editions.deadline_on desc) as newest_first
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
    snapshot_date,
    snapshot_at,
    source_file,
    reporting_edition,
    census_on,
    days_after_deadline,
    encoding,
    size_in_bytes,
    sha256,
    data_rows
from due
where newest_first = 1 and {{ no_row_in('problems') }}
