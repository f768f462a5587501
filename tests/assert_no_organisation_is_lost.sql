-- Why: the page that this project replaces joined ODS to the export with an inner join, so organisations vanished
-- without a sound (R10). Every figure must count everybody in scope: returns each figure and snapshot that does not.
with in_scope as (
    select
        snapshot_date,
        count(*) as organisations
    from {{ ref('int_organisations_in_scope') }}
    group by snapshot_date
),

figures as (
    select
        'fct_compliance' as figure,
        snapshot_date,
        count(*) as organisations
    from {{ ref('fct_compliance') }}
    group by snapshot_date

    union all

    select
        'agg_outcomes_by_type, total' as figure,
        snapshot_date,
        organisations
    from {{ ref('agg_outcomes_by_type') }}
    where organisation_type = 'Total' and outcome = 'Total'

    union all

    select
        'agg_outcomes_by_type, sum of cells' as figure,
        snapshot_date,
        sum(organisations) as organisations
    from {{ ref('agg_outcomes_by_type') }}
    where organisation_type != 'Total' and outcome != 'Total'
    group by snapshot_date

    union all

    select
        concat_ws('', 'agg_met_or_exceeded, level ', level) as figure,
        snapshot_date,
        sum(organisations) as organisations
    from {{ ref('agg_met_or_exceeded') }}
    where organisation_type != 'Total'
    group by snapshot_date, level

    union all

    select
        concat_ws('', 'agg_met_or_exceeded, totals of level ', level) as figure,
        snapshot_date,
        sum(organisations) as organisations
    from {{ ref('agg_met_or_exceeded') }}
    where organisation_type = 'Total'
    group by snapshot_date, level
)

select
    figures.figure,
    in_scope.snapshot_date,
    in_scope.organisations as organisations_in_scope,
    figures.organisations as organisations_in_figure
from in_scope
left join figures on in_scope.snapshot_date = figures.snapshot_date
where figures.organisations is distinct from in_scope.organisations
