-- Which organisations should have published (R13), and the standing of each: every GP practice and community pharmacy
-- that ODS lists as open in England on the census date, whether or not the export has a row for it. A list knows which
-- are dormant on its own day only, so dormant ones count. A part of an export cannot show who is missing, so only whole
-- exports have rows.
-- Grain: one row per snapshot of a whole export and organisation expected in it.
{{ config(materialized='view') }}
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
    where completeness = 'whole'
),

expected as (
    select * from {{ ref('int_sector_lists') }}
),

own as (
    select * from {{ ref('int_outcomes_own') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

outcomes as (
    select * from {{ ref('dspt_outcomes') }}
),

locations as (
    select * from {{ ref('int_locations_at_census') }}
),

icbs as (
    select * from {{ ref('int_icbs_at_census') }}
)

select
    snapshots.snapshot_date,
    snapshots.reporting_edition as edition,
    expected.sector,
    expected.organisation_code,
    expected.organisation_name,
    expected.postcode,
    icbs.icb_code,
    icbs.icb_name,
    expected.sub_icb_location_code,
    locations.location_name as sub_icb_location_name,
    icbs.region_code,
    icbs.region_name,
    case
        when outcomes.meets_standard then 'met or exceeded'
        when own.outcome is not null then 'other outcome'
        when assessments.edition is not null then 'older edition'
        when assessments.organisation_code is not null then 'nothing published'
        else 'not in the export'
    end as standing,
    own.outcome,
    assessments.status as own_status,
    coalesce(own.published_on, case when own.outcome is null then assessments.published_on end) as published_on,
    expected.is_dormant
from snapshots
inner join expected
    on
        {{ is_open_on('snapshots.census_on', 'expected') }}
        and snapshots.census_on >= coalesce(expected.listed_from, snapshots.census_on)
        and snapshots.census_on <= coalesce(expected.listed_to, snapshots.census_on)
left join own
    on
        expected.organisation_code = own.organisation_code
        and snapshots.snapshot_date between own.held_from and own.held_to
left join outcomes on own.outcome = outcomes.outcome
left join assessments
    on
        expected.organisation_code = assessments.organisation_code
        and snapshots.snapshot_date between assessments.first_snapshot_date and assessments.last_snapshot_date
left join locations
    on snapshots.snapshot_date = locations.snapshot_date and expected.sub_icb_location_code = locations.location_code
left join icbs
    on
        snapshots.snapshot_date = icbs.snapshot_date
        and icbs.icb_code = case when expected.sector = 'GP practice' then locations.icb_code else expected.icb_code end
