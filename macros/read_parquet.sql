{% macro read_parquet(paths) %}
    {{- return(adapter.dispatch('read_parquet')(paths)) -}}
{% endmacro %}

{% macro duckdb__read_parquet(paths) -%}
    read_parquet(['{{ paths | join("', '") }}'])
{%- endmacro %}

{# Spark reads several files through one path with alternatives. #}
{% macro spark__read_parquet(paths) -%}
    parquet.`{ {{- paths | join(',') -}} }`
{%- endmacro %}
