{# A row adds one on its first day and takes one off on the day after its last, so many snapshots cost little more than their
   changes. #}
{% macro counts_by_day(runs, columns, first, last) %}
    select
        {{ columns }},
        changed_on,
        lead(changed_on) over (partition by {{ columns }} order by changed_on) as until,
        cast(sum(sum(change)) over (partition by {{ columns }} order by changed_on) as bigint) as organisations
    from (
        select
            {{ columns }},
            {{ first }} as changed_on,
            1 as change
        from {{ runs }}

        union all

        select
            {{ columns }},
            cast({{ last }} + interval '1' day as date) as changed_on,
            -1 as change
        from {{ runs }}
    ) as changes
    group by {{ columns }}, changed_on
{% endmacro %}
