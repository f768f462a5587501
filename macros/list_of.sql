{% macro list_of(column) %}
    {{- return(adapter.dispatch('list_of')(column)) -}}
{% endmacro %}

{% macro duckdb__list_of(column) -%}
    string_agg(distinct {{ column }}, ', ' order by {{ column }})
{%- endmacro %}

{# Spark has no `string_agg` with an order. #}
{% macro spark__list_of(column) -%}
    nullif(array_join(array_sort(collect_set({{ column }})), ', '), '')
{%- endmacro %}
