{# The date in a text of the form dd/mm/20yy; null where there is none, or no such day. #}
{% macro parse_date(text) %}
    {{- return(adapter.dispatch('parse_date')(text)) -}}
{% endmacro %}

{% macro duckdb__parse_date(text) -%}
    cast(try_strptime(case when {{ text }} like '__/__/20__' then {{ text }} end, '%d/%m/%Y') as date)
{%- endmacro %}

{# Spark writes the parts of a date as Java does. #}
{% macro spark__parse_date(text) -%}
    cast(try_to_timestamp(case when {{ text }} like '__/__/20__' then {{ text }} end, 'dd/MM/yyyy') as date)
{%- endmacro %}
