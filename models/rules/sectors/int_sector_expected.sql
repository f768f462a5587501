-- Which organisations should have published (R13): every GP practice and community pharmacy that ODS lists as open in
-- England on the census date. It does not matter whether the export has a row for it. A list knows only which are
-- dormant on its own day, so dormant ones count. A part of an export cannot show who is missing, so only whole exports
-- count here.
-- Grain: one row per organisation and run of days on which the same edition is reported and the list says the same.
{{ config(materialized='view') }}
with lists as (
    select
        *,
        greatest(opened_on, listed_from) as listed_open_from,
        least(closed_on, listed_to) as listed_open_to
    from {{ ref('int_sector_lists') }}
),

-- an edition has one census date, or each of its snapshots has its own (R3)
reported as (
    select
        reporting_edition as edition,
        min(snapshot_date) as first_snapshot_date,
        max(snapshot_date) as last_snapshot_date,
        min(census_on) as first_census_on,
        max(census_on) as last_census_on
    from {{ ref('int_snapshots_reported') }}
    where completeness = 'whole'
    group by reporting_edition
)

select
    reported.edition,
    lists.sector,
    lists.organisation_code,
    lists.organisation_name,
    lists.postcode,
    case lists.sector
        when 'GP practice' then lists.sub_icb_location_code
        else lists.icb_code
    end as listed_place_code,
    lists.sub_icb_location_code,
    lists.is_dormant,
    greatest(
        reported.first_snapshot_date,
        case when lists.listed_open_from > reported.first_census_on then lists.listed_open_from end
    ) as held_from,
    least(
        reported.last_snapshot_date,
        case when lists.listed_open_to < reported.last_census_on then lists.listed_open_to end
    ) as held_to
from reported
inner join lists
    on
        coalesce(lists.listed_open_from <= lists.listed_open_to, true)
        and coalesce(reported.last_census_on >= lists.listed_open_from, true)
        and coalesce(reported.first_census_on <= lists.listed_open_to, true)
