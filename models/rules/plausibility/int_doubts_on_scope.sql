-- Doubts about an export that lacks organisations: more than `doubt_percent` of those in scope have no row in it. The
-- most in real exports is 1.4 %, in rebuilt ones.
-- Grain: one row per doubt.
with assessed as (
    select * from {{ ref('int_organisations_assessed') }}
),

measured as (
    select
        snapshot_date,
        count(*) as organisations,
        count(case when not is_in_export then 1 end) as missing
    from assessed
    group by snapshot_date
)

select
    snapshot_date,
    concat_ws('', 'has no row for ', missing, ' of the ', organisations, ' organisations in scope') as doubt
from measured
where missing * 100 > organisations * {{ var('doubt_percent') }}
