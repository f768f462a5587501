-- Why: a row that is lost on the way from the file to the ledger is an organisation that nobody misses. Returns each
-- export of which the ledger, or the breakdown by sector, has not as many organisations as the file has rows.
with exports as (
    select
        snapshot_date,
        source_file,
        data_rows
    from {{ ref('stg_dspt__exports') }}
),

figures as (
    select
        'fct_assessments' as figure,
        snapshot_date,
        count(*) as organisations
    from {{ ref('fct_assessments') }}
    group by snapshot_date

    union all

    select
        'agg_outcomes_by_sector' as figure,
        snapshot_date,
        sum(organisations) as organisations
    from {{ ref('agg_outcomes_by_sector') }}
    group by snapshot_date

    union all

    select
        'agg_standing_by_sector' as figure,
        snapshot_date,
        sum(organisations) as organisations
    from {{ ref('agg_standing_by_sector') }}
    where sector != 'Total'
    group by snapshot_date
)

select
    exports.source_file,
    figures.figure,
    exports.data_rows,
    figures.organisations
from exports
left join figures on exports.snapshot_date = figures.snapshot_date
where figures.organisations is distinct from exports.data_rows
