-- How many of the published figures equal ours.
-- Grain: one row per publication and kind of figure (or Total of the publication).
with figures as (
    select * from {{ ref('rec_published_figures') }}
)

select
    publication,
    snapshot_date,
    coalesce(figure, 'Total') as figure,
    count(*) as figures,
    count(case when difference = 0 then 1 end) as equal_figures,
    count(case when difference != 0 then 1 end) as different_figures,
    count(case when difference is null then 1 end) as not_computed
from figures
group by publication, snapshot_date, cube(figure)
