-- The commissioner side of each ICB's score (R8). From 22/23 it is the ICB's own points. Before that it is the mean of
-- its sub-ICB locations, weighted by registered patients if we have the patients of all of them.
-- Grain: one row per snapshot and ICB that has a commissioner in scope.
with compliance as (
    select * from {{ ref('int_compliance') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

patients as (
    select * from {{ ref('ons_registered_patients') }}
),

-- from the newest geography on or before the census date, whenever its patients were counted: the weights need every
-- location as it was then
patients_at_census as (
    select
        snapshots.snapshot_date,
        patients.sub_icb_location_code,
        patients.registered_patients,
        patients.counted_on,
        rank() over (partition by snapshots.snapshot_date order by patients.geography_from desc) as recency_rank
    from snapshots
    inner join patients on snapshots.census_on >= patients.geography_from
),

commissioners as (
    select
        compliance.snapshot_date,
        compliance.icb_code,
        compliance.organisation_code,
        compliance.outcome,
        compliance.points,
        patients_at_census.registered_patients,
        patients_at_census.counted_on
    from compliance
    left join patients_at_census
        on
            compliance.snapshot_date = patients_at_census.snapshot_date
            and compliance.organisation_code = patients_at_census.sub_icb_location_code
            and patients_at_census.recency_rank = 1
    where compliance.side = 'commissioner' and compliance.icb_code is not null
)

select
    snapshot_date,
    icb_code,
    case
        when count(registered_patients) = count(*)
            then sum(points * registered_patients) / cast(sum(registered_patients) as double)
        else avg(cast(points as double))
    end as commissioner_score,
    case
        when max(organisation_code) = icb_code then 'own'
        when count(registered_patients) = count(*) then 'weighted mean'
        else 'mean'
    end as commissioner_basis,
    {{ list_of("case when organisation_code != icb_code then concat(organisation_code, ' ', outcome) end") }}
        as locations,
    case when count(registered_patients) = count(*) then cast(sum(registered_patients) as bigint) end
        as registered_patients,
    case when count(registered_patients) = count(*) then max(counted_on) end as patients_counted_on
from commissioners
group by snapshot_date, icb_code
