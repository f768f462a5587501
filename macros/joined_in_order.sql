{# Each engine has its own way to order within an aggregate. #}
{% macro joined_in_order(word, position) %}
    {{- return(adapter.dispatch('joined_in_order')(word, position)) -}}
{% endmacro %}

{% macro duckdb__joined_in_order(word, position) -%}
    string_agg({{ word }}, ' ' order by {{ position }})
{%- endmacro %}

{% macro spark__joined_in_order(word, position) -%}
    listagg({{ word }}, ' ') within group (order by {{ position }})
{%- endmacro %}
