{# dbt-duckdb's macro of this name, which under dbt Fusion forgets the quotes of a column that has `quote: true`. #}
{% macro get_column_names() -%}
    (
        {%- for column in model.columns.values() -%}
            {{ adapter.quote(column.name) if column.quote else column.name }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}
