-- The runs of days on which nothing changes about an organisation that should have published (R13): its facts in the
-- list and its row in the export stay the same. Its own outcome of an edition (R4) changes only with a row.
-- Grain: one row per organisation expected and run of days.
{{ config(materialized='view') }}
with expected as (
    select * from {{ ref('int_sector_expected') }}
),

assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

changes as (
    select
        organisation_code,
        first_snapshot_date as changed_on
    from assessments

    union distinct

    select
        organisation_code,
        cast(last_snapshot_date + interval '1' day as date) as changed_on
    from assessments
),

days as (
    select
        *,
        held_from as changed_on
    from expected

    union all

    select
        expected.*,
        changes.changed_on
    from expected
    inner join changes
        on
            expected.organisation_code = changes.organisation_code
            and expected.held_from < changes.changed_on
            and expected.held_to >= changes.changed_on
)

select
    edition,
    sector,
    organisation_code,
    organisation_name,
    postcode,
    listed_place_code,
    sub_icb_location_code,
    is_dormant,
    changed_on as held_from,
    cast(
        coalesce(
            lead(changed_on) over (partition by sector, organisation_code, held_from order by changed_on)
            - interval '1' day,
            held_to
        ) as date
    ) as held_to
from days
