{% macro parse_date(text) -%}
    {%- set form = '^([0-9]{2}/[0-9]{2}/20[0-9]{2}|20[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-9]{1,2} [A-Za-z]+ 20[0-9]{2})( [0-9:]{8})?$' -%}
    {{- return(adapter.dispatch('parse_date')(regex_group(text, form, 1))) -}}
{%- endmacro %}

{% macro duckdb__parse_date(text) -%}
    cast(try_strptime({{ text }}, ['%d/%m/%Y', '%Y-%m-%d', '%d %B %Y']) as date)
{%- endmacro %}

{# Spark takes one form at a time, in Java's notation, with English months. #}
{% macro spark__parse_date(text) -%}
    coalesce(
        cast(try_to_timestamp({{ text }}, 'dd/MM/yyyy') as date),
        cast(try_to_timestamp({{ text }}, 'yyyy-MM-dd') as date),
        cast(try_to_timestamp(initcap({{ text }}), 'd MMMM yyyy') as date)
    )
{%- endmacro %}
