{# The days from one date to another; negative where the other is earlier. Spark counts them as an int. #}
{% macro days_between(first, last) -%}
    cast({{ dbt.datediff(first, last, 'day') }} as bigint)
{%- endmacro %}
