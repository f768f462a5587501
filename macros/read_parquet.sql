{# The rows of Parquet files of one form; their paths are from the root of the project. #}
{% macro read_parquet(paths) %}
    {{- return(adapter.dispatch('read_parquet')(paths)) -}}
{% endmacro %}

{% macro duckdb__read_parquet(paths) -%}
    read_parquet(['{{ paths | join("', '") }}'])
{%- endmacro %}

{# Spark reads the files that one path with alternatives names. #}
{% macro spark__read_parquet(paths) -%}
    parquet.`{ {{- paths | join(',') -}} }`
{%- endmacro %}
