{# Under dbt Fusion, the original drops the quotes of a column with `quote: true`. #}
{% macro get_column_names() -%}
    (
        {%- for column in model.columns.values() -%}
            {{ adapter.quote(column.name) if column.quote else column.name }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}
