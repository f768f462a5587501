{# dbt's saved parse has the folder in which it was made, so a copy of the project would load the seeds of the original. A
   folder's name may contain an apostrophe. #}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {%- set here = dict(model, root_path=dbt.escape_single_quotes(invocation_args_dict.project_dir)) -%}
    {% do return(dbt.duckdb__load_csv_rows(here, agate_table)) %}
{% endmacro %}
