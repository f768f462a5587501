{# Spark returns an int. #}
{% macro days_between(first, last) -%}
    cast({{ dbt.datediff(first, last, 'day') }} as bigint)
{%- endmacro %}
