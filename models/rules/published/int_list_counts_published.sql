-- Counts of practices and pharmacies that others published, next to the number that ODS lists as open then: on the
-- same day, or on any day of the same year.
-- Grain: one row per published count.
with published as (
    select * from {{ ref('published_list_counts') }}
),

lists as (
    select * from {{ ref('int_sector_lists') }}
)

select
    published.publication,
    published.sector,
    published.unit,
    published.open_from,
    published.open_to,
    published.published,
    published.reason,
    published.source,
    nullif(count(distinct lists.organisation_code), 0) as computed
from published
left join lists
    on
        published.sector = lists.sector
        and published.open_to >= coalesce(lists.opened_on, published.open_to)
        and published.open_from <= coalesce(lists.closed_on, published.open_from)
group by
    published.publication, published.sector, published.unit, published.open_from, published.open_to,
    published.published, published.reason, published.source
