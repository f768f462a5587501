-- Why: the page that this project replaces joined ODS to the export with an inner join, so organisations disappeared
-- unnoticed (R10). In each snapshot, every figure in this list must count everything that it should, once. Anything
-- that is lost or doubled stops the build, and the message names it. A mart that counts adds its lines here: what it
-- counts, its name, the column, the rows (and the day, if that is not in snapshot_date).
{% set standings = "standing != 'Total'" %}
{% set of_editions, of_snapshots = " and comparison = 'edition'", " and comparison = 'snapshot'" %}
{% set types, total = "organisation_type != 'Total'", "organisation_type = 'Total'" %}
{% set figures = [
    ('in scope', 'fct_compliance', 'count(*)', 'true'),
    ('in scope', 'dim_snapshots', 'sum(organisations_in_scope)', 'true'),
    ('in scope', 'agg_outcomes_by_type', 'sum(organisations)', types ~ " and outcome != 'Total'"),
    ('in scope', 'agg_outcomes_by_type', 'sum(organisations)', types ~ " and outcome = 'Total'"),
    ('in scope', 'agg_outcomes_by_type', 'sum(organisations)', total ~ " and outcome != 'Total'"),
    ('in scope', 'agg_outcomes_by_type', 'sum(organisations)', total ~ " and outcome = 'Total'"),
    ('in an ICB', 'agg_outcomes_by_icb', 'sum(organisations)', types),
    ('in an ICB', 'agg_outcomes_by_icb', 'sum(organisations)', total),
    ('in scope', 'agg_met_or_exceeded', 'sum(organisations)', types ~ " and level = 'England'"),
    ('in scope', 'agg_met_or_exceeded', 'sum(organisations)', types ~ " and level = 'region'"),
    ('in scope', 'agg_met_or_exceeded', 'sum(organisations)', types ~ " and level = 'icb'"),
    ('in scope', 'agg_met_or_exceeded', 'sum(organisations)', total ~ " and level = 'England'"),
    ('in scope', 'agg_met_or_exceeded', 'sum(organisations)', total ~ " and level = 'region'"),
    ('in scope', 'agg_met_or_exceeded', 'sum(organisations)', total ~ " and level = 'icb'"),
    ('in scope', 'agg_timeliness', 'sum(on_time + late + without_own_date)', types),
    ('in scope', 'agg_timeliness', 'sum(on_time + late + without_own_date)', total),
    ('in scope', 'agg_timeliness', 'sum(organisations)', types),
    ('dated publications', 'agg_publication_timeline', 'sum(published_so_far)',
        '(snapshot_date, published_on) in (select snapshot_date, max(published_on) from '
        ~ ref('agg_publication_timeline') ~ ' group by snapshot_date)'),
    ('placed trusts', 'agg_icb_scores', 'sum(trusts)', 'true'),
    ('placed trusts', 'agg_region_scores', 'sum(trusts)', 'true'),
    ('open ICBs', 'agg_icb_scores', 'count(*)', 'true'),
    ('regions', 'agg_region_scores', 'count(*)', 'true'),
    ('rows of the export', 'fct_assessments', 'count(*)', 'true'),
    ('rows of the export', 'agg_outcomes_by_sector', 'sum(organisations)', 'true'),
    ('rows of the export', 'agg_newest_editions_by_sector', 'sum(organisations)', "sector != 'Total'"),
    ('rows of the export', 'agg_newest_editions_by_sector', 'sum(organisations)', "sector = 'Total'"),
    ('expected by the lists', 'fct_sector_standing', 'count(*)', 'true'),
    ('expected by the lists', 'agg_sector_standing', 'sum(organisations)', standings ~ " and level = 'England'"),
    ('expected by the lists', 'agg_sector_standing', 'sum(organisations)', standings ~ " and level = 'region'"),
    ('expected by the lists', 'agg_sector_standing', 'sum(organisations)', standings ~ " and level = 'icb'"),
    ('expected by the lists', 'agg_sector_standing', 'sum(organisations)', "standing = 'Total' and level = 'England'"),
    ('expected by the lists', 'agg_sector_standing', 'sum(organisations)', "standing = 'Total' and level = 'region'"),
    ('expected by the lists', 'agg_sector_standing', 'sum(organisations)', "standing = 'Total' and level = 'icb'"),
    ('practices expected', 'agg_sector_standing', 'sum(organisations)', standings ~ " and level = 'sub-ICB location'"),
    ('practices expected', 'agg_sector_standing', 'sum(organisations)',
        "standing = 'Total' and level = 'sub-ICB location'"),
    ('in either snapshot', 'fct_outcome_changes', 'count(*)', "comparison = 'snapshot'", 'to_snapshot_date'),
    ('in either edition', 'fct_outcome_changes', 'count(*)', "comparison = 'edition'", 'to_snapshot_date'),
    ('in either edition', 'agg_outcome_changes', 'sum(in_both + entered + left_scope)', types ~ of_editions, 'to_snapshot_date'),
    ('in either edition of the same types', 'agg_outcome_changes', 'sum(in_both + entered + left_scope)',
        total ~ of_editions, 'to_snapshot_date'),
    ('in both editions', 'agg_outcome_flows', 'sum(organisations)', types ~ of_editions, 'to_snapshot_date'),
    ('in both editions of the same types', 'agg_outcome_flows', 'sum(organisations)', total ~ of_editions, 'to_snapshot_date'),
    ('in either snapshot', 'agg_outcome_changes', 'sum(in_both + entered + left_scope)', types ~ of_snapshots, 'to_snapshot_date'),
    ('in either snapshot of the same types', 'agg_outcome_changes', 'sum(in_both + entered + left_scope)',
        total ~ of_snapshots, 'to_snapshot_date'),
    ('in both snapshots', 'agg_outcome_flows', 'sum(organisations)', types ~ of_snapshots, 'to_snapshot_date'),
    ('in both snapshots of the same types', 'agg_outcome_flows', 'sum(organisations)', total ~ of_snapshots, 'to_snapshot_date'),
    ('in the series', 'agg_outcomes_over_editions', 'sum(organisations)', 'true'),
    ('in the series', 'agg_met_over_editions', 'sum(organisations)', "level = 'England'"),
    ('in the series', 'agg_met_over_editions', 'sum(organisations)', "level = 'region'"),
    ('in the series', 'agg_met_over_editions', 'sum(organisations)', "level = 'icb'"),
    ('last in scope', 'fct_organisation_editions', 'count(*)', 'outcome is not null'),
    ('last placed', 'fct_icb_organisation_editions', 'count(*)', 'is_placed_here'),
    ('published figures', 'rec_published_figures', 'count(*)', 'true'),
    ('published figures', 'agg_published_agreement', 'sum(figures)', "figure = 'Total'"),
    ('published figures', 'agg_published_agreement', 'sum(figures)', "figure != 'Total'"),
] %}
with in_scope as (
    select
        in_scope.snapshot_date,
        in_scope.organisation_code,
        in_scope.organisation_type,
        placed.icb_code,
        placed.region_code,
        row_number() over (
            partition by in_scope.organisation_code, in_scope.reporting_edition order by in_scope.snapshot_date desc
        ) as recency_rank
    from {{ ref('int_organisations_in_scope') }} as in_scope
    left join {{ ref('int_organisations_placed') }} as placed
        on
            in_scope.snapshot_date = placed.snapshot_date
            and in_scope.organisation_code = placed.organisation_code
),

lists as (
    select distinct
        sector,
        organisation_code,
        opened_on,
        closed_on
    from {{ ref('int_sector_lists') }}
),

pairs as (
    select * from {{ ref('int_snapshots_compared') }}
),

-- both snapshots of each comparison
compared as (
    select
        *,
        from_snapshot_date as snapshot_date
    from pairs

    union all

    select
        *,
        to_snapshot_date as snapshot_date
    from pairs
),

-- on how many sides of a comparison an organisation is in scope
sides as (
    select
        compared.comparison,
        compared.to_snapshot_date,
        compared.same_types,
        in_scope.organisation_code,
        count(*) as sides
    from compared
    inner join in_scope on compared.snapshot_date = in_scope.snapshot_date
    group by compared.comparison, compared.to_snapshot_date, compared.same_types, in_scope.organisation_code
),

expected as (
    select
        'in scope' as what,
        snapshot_date,
        count(*) as expected
    from in_scope
    group by snapshot_date

    union all

    select
        'in an ICB' as what,
        snapshot_date,
        count(icb_code) as expected
    from in_scope
    group by snapshot_date

    union all

    select
        'placed trusts' as what,
        snapshot_date,
        count(icb_code) as expected
    from in_scope
    where organisation_type = 'NHS Trust'
    group by snapshot_date

    union all

    select
        'regions' as what,
        snapshot_date,
        count(distinct region_code) as expected
    from in_scope
    group by snapshot_date

    union all

    select
        'open ICBs' as what,
        snapshot_date,
        count(*) as expected
    from {{ ref('int_icbs_at_census') }}
    group by snapshot_date

    union all

    select
        'dated publications' as what,
        in_scope.snapshot_date,
        count(own.published_on) as expected
    from {{ ref('int_organisations_in_scope') }} as in_scope
    inner join {{ ref('int_outcomes_own') }} as own
        on
            in_scope.organisation_code = own.organisation_code
            and in_scope.snapshot_date between own.held_from and own.held_to
    where own.outcome_basis = 'own'
    group by in_scope.snapshot_date

    union all

    select
        'rows of the export' as what,
        snapshot_date,
        data_rows as expected
    from {{ ref('int_snapshots_reported') }}

    union all

    select
        'expected by the lists' as what,
        snapshots.snapshot_date,
        count(*) as expected
    from {{ ref('int_snapshots_reported') }} as snapshots
    inner join lists on {{ is_open_on('snapshots.census_on', 'lists') }}
    where snapshots.completeness = 'whole'
    group by snapshots.snapshot_date

    union all

    select
        'practices expected' as what,
        snapshots.snapshot_date,
        count(*) as expected
    from {{ ref('int_snapshots_reported') }} as snapshots
    inner join lists on {{ is_open_on('snapshots.census_on', 'lists') }}
    where snapshots.completeness = 'whole' and lists.sector = 'GP practice'
    group by snapshots.snapshot_date

    union all

    select
        concat_ws('', 'in either ', comparison) as what,
        to_snapshot_date as snapshot_date,
        count(*) as expected
    from sides
    group by comparison, to_snapshot_date

    union all

    select
        concat_ws('', 'in both ', comparison, 's') as what,
        to_snapshot_date as snapshot_date,
        count(*) as expected
    from sides
    where sides = 2
    group by comparison, to_snapshot_date

    union all

    -- types are pooled only if both sides have the same types (R12)
    select
        concat_ws('', 'in either ', comparison, ' of the same types') as what,
        to_snapshot_date as snapshot_date,
        count(*) as expected
    from sides
    where same_types
    group by comparison, to_snapshot_date

    union all

    select
        concat_ws('', 'in both ', comparison, 's of the same types') as what,
        to_snapshot_date as snapshot_date,
        count(*) as expected
    from sides
    where same_types and sides = 2
    group by comparison, to_snapshot_date

    union all

    select
        'in the series' as what,
        series.snapshot_date,
        count(*) as expected
    from {{ ref('int_snapshot_series') }} as series
    inner join in_scope on series.as_of = in_scope.snapshot_date
    group by series.snapshot_date

    union all

    select
        'last in scope' as what,
        snapshot_date,
        count(*) as expected
    from in_scope
    where recency_rank = 1
    group by snapshot_date

    union all

    select
        'last placed' as what,
        snapshot_date,
        count(icb_code) as expected
    from in_scope
    where recency_rank = 1
    group by snapshot_date

    union all

    select
        'published figures' as what,
        snapshot_date,
        count(*) as expected
    from {{ ref('published_figures') }}
    group by snapshot_date
),

-- each figure by name for each snapshot, so that a figure that lost a whole snapshot is noticed too
figures as (
    {% for figure in figures -%}
        select
            {{ loop.index }} as line,
            '{{ figure[0] }}' as what,
            '{{ figure[1] }} where {{ figure[3] | replace("'", "") }}' as figure
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

spine as (
    select
        figures.line,
        figures.figure,
        expected.*
    from figures
    inner join expected on figures.what = expected.what
),

counted as (
    {% for figure in figures -%}
        {% set day = figure[4] or 'snapshot_date' -%}
        select
            {{ loop.index }} as line,
            '{{ figure[1] }}' as mart,
            {{ day }} as snapshot_date,
            {{ figure[2] }} as counted
        from {{ ref(figure[1]) }}
        where {{ figure[3] }}
        group by {{ day }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

problems as (
    select
        concat_ws(
            '', coalesce(spine.figure, counted.mart), ' on ', coalesce(spine.snapshot_date, counted.snapshot_date),
            ' counts ', coalesce(counted.counted, 0), ' ', spine.what, ', not ', coalesce(spine.expected, 0)
        ) as problem
    from spine
    full join counted on spine.line = counted.line and spine.snapshot_date = counted.snapshot_date
    where coalesce(counted.counted, 0) != coalesce(spine.expected, 0)
)

select 'lost or twice' as problem
where not {{ no_row_in('problems') }}
