{# dbt-duckdb's own macro of this name, for a project in a folder whose name has an apostrophe. #}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {%- set quoted = dict(model, root_path=dbt.escape_single_quotes(model.root_path)) -%}
    {% do return(dbt.duckdb__load_csv_rows(quoted, agate_table)) %}
{% endmacro %}
