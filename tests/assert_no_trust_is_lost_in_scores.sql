-- Why: a trust that no ICB or region counts would move nobody's score, and nobody would see it (R10). Trusts in scope
-- that are in no ICB are an error in dq_findings; the others must all be in the scores of ICBs and of regions.
with placed as (
    select
        snapshot_date,
        count(case when organisation_type = 'NHS Trust' and icb_code is not null then 1 end) as trusts
    from {{ ref('fct_compliance') }}
    group by snapshot_date
),

scored as (
    select
        'ICBs' as figure,
        snapshot_date,
        sum(trusts) as trusts
    from {{ ref('agg_icb_scores') }}
    group by snapshot_date

    union all

    select
        'regions' as figure,
        snapshot_date,
        sum(trusts) as trusts
    from {{ ref('agg_region_scores') }}
    group by snapshot_date
)

select
    scored.figure,
    placed.snapshot_date,
    placed.trusts as trusts_placed,
    scored.trusts as trusts_scored
from placed
left join scored on placed.snapshot_date = scored.snapshot_date
where scored.trusts is distinct from placed.trusts
