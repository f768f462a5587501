{% macro nearness_rank(partition_by, release_date, day, first=none, last=none) -%}
    row_number() over (
        partition by {{ partition_by }}
        order by
            {{ first ~ ',' if first }}
            case when {{ release_date }} <= {{ day }} then {{ release_date }} end desc nulls last,
            {{ release_date }}
            {{- ', ' ~ last if last }}
    )
{%- endmacro %}
