{# A query for how many rows of `runs` hold on each day: the columns `said`; changed_on; until, the next day on which the number
   changes (null after the last); organisations. A run adds one on its first day and takes one off on the day after its last, so
   many snapshots cost little more than their changes. No run may end before it begins. #}
{% macro levels_of(runs, said, first, last) %}
    select
        {{ said }},
        changed_on,
        lead(changed_on) over (partition by {{ said }} order by changed_on) as until,
        cast(sum(sum(change)) over (partition by {{ said }} order by changed_on) as bigint) as organisations
    from (
        select
            {{ said }},
            {{ first }} as changed_on,
            1 as change
        from {{ runs }}

        union all

        select
            {{ said }},
            cast({{ last }} + interval '1' day as date) as changed_on,
            -1 as change
        from {{ runs }}
    ) as changes
    group by {{ said }}, changed_on
{% endmacro %}
