{# dbt-spark's own macros with these names do not escape values, so an apostrophe breaks the statement. They also write in
   batches, each a Spark job, and never create a seed without rows. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {{ return('') }}
{% endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set sql -%}
        create table {{ this }} as
        select
            {% for column in agate_table.column_names -%}
            cast({{ column }} as {{ types.get(column, adapter.convert_type(agate_table, loop.index0)) }}) as {{ column }}
            {{- ',' if not loop.last }}
            {% endfor %}
        from values
        {% for row in agate_table.rows -%}
            ({%- for value in row -%}
                {{ 'null' if value is none else dbt.string_literal(spark__escape_single_quotes(value | string)) }}{{ ', ' if not loop.last }}
            {%- endfor -%}){{ ',' if not loop.last }}
        {% else -%}
            ({%- for column in agate_table.column_names -%}null{{ ', ' if not loop.last }}{%- endfor -%})
        {% endfor %}
        as seeded ({{ agate_table.column_names | join(', ') }})
        {{ 'where false' if agate_table.rows | length == 0 }}
    {%- endset -%}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}

{# Spark reads a backslash in a text as an escape character, and apostrophes need one. #}
{% macro spark__escape_single_quotes(expression) -%}
    {{ expression | replace("\\", "\\\\") | replace("'", "\\'") }}
{%- endmacro %}
