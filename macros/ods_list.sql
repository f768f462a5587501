{% macro ods_list(which) -%}
    {%- set files = 'data/ods/' ~ which ~ '_*.parquet' -%}
    {%- if execute -%}
        {%- do ods_list_is_there(files) -%}
    {%- endif -%}
    {{ read_parquet([files]) }}
{%- endmacro %}

{% macro ods_list_is_there(files) %}
    {{ return(adapter.dispatch('ods_list_is_there')(files)) }}
{% endmacro %}

{% macro default__ods_list_is_there(files) %}
{% endmacro %}

{% macro duckdb__ods_list_is_there(files) %}
    {%- if run_query("select count(*) from glob('" ~ files ~ "')").rows[0][0] == 0 -%}
        {%- do exceptions.raise_compiler_error(
            'There is no ' ~ files ~ ': restore it with git, or import the list (CONTRIBUTING.md, make reference)'
        ) -%}
    {%- endif -%}
{% endmacro %}
