{# `shown` is written out twice, because DuckDB would hold a step that is used twice in memory, and this may be every row of
   every export. Only one row is held for each that differs. #}
{% macro runs_of(shown, columns) %}
    with spans as (
        select
            {{ columns }},
            min(snapshot) as first_snapshot,
            max(snapshot) as last_snapshot,
            count(*) as times
        from ({{ shown }}) as shown
        group by {{ columns }}
    ),

    -- those that say the same again after something else or an absence
    returned as (
        select distinct organisation_code
        from spans
        where times < last_snapshot - first_snapshot + 1
    ),

    numbered as (
        select
            *,
            snapshot - row_number() over (partition by {{ columns }} order by snapshot) as run
        from ({{ shown }}) as shown
        where organisation_code in (select organisation_code from returned)
    )

    select
        {{ columns }},
        first_snapshot,
        last_snapshot
    from spans
    where organisation_code not in (select organisation_code from returned)

    union all

    select
        {{ columns }},
        min(snapshot) as first_snapshot,
        max(snapshot) as last_snapshot
    from numbered
    group by {{ columns }}, run
{% endmacro %}
