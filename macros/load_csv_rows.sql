{# dbt-duckdb's own macro of this name, for a seed of the project that is built: what dbt keeps of parsing has the folder of
   then, and a copy of the project would load the seeds of the original. A folder's name may have an apostrophe. #}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {%- set here = dict(model, root_path=dbt.escape_single_quotes(invocation_args_dict.project_dir)) -%}
    {% do return(dbt.duckdb__load_csv_rows(here, agate_table)) %}
{% endmacro %}
