-- The composite score of each ICB: half from its commissioner side, half from the mean of its trusts (R8). An ICB
-- without trusts has no trust side, so its composite score is null, never 0, which would be a middling score.
-- Grain: one row per snapshot and ICB open on the census date.
with icbs as (
    select * from {{ ref('int_icbs_at_census') }}
),

snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

commissioner_scores as (
    select * from {{ ref('int_commissioner_scores') }}
),

compliance as (
    select * from {{ ref('int_compliance') }}
),

trust_scores as (
    select
        snapshot_date,
        icb_code,
        count(*) as trusts,
        avg(cast(points as double)) as trust_score
    from compliance
    where side = 'trust'
    group by snapshot_date, icb_code
)

select
    icbs.snapshot_date,
    snapshots.reporting_edition as edition,
    icbs.icb_code,
    icbs.icb_ons_code,
    icbs.icb_name,
    icbs.region_code,
    icbs.region_name,
    commissioner_scores.commissioner_score,
    commissioner_scores.commissioner_basis,
    commissioner_scores.locations,
    commissioner_scores.registered_patients,
    commissioner_scores.patients_counted_on,
    coalesce(trust_scores.trusts, 0) as trusts,
    trust_scores.trust_score,
    {{ composite_score('commissioner_scores.commissioner_score', 'trust_scores.trust_score') }} as composite_score
from icbs
inner join snapshots on icbs.snapshot_date = snapshots.snapshot_date
left join commissioner_scores
    on icbs.snapshot_date = commissioner_scores.snapshot_date and icbs.icb_code = commissioner_scores.icb_code
left join trust_scores on icbs.snapshot_date = trust_scores.snapshot_date and icbs.icb_code = trust_scores.icb_code
