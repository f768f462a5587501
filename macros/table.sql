{# dbt-duckdb's own materialization of this name builds a table under another name, renames it and drops what it would have
   replaced: a quarter of the time of a build into a new file, where there is nothing to replace. #}
{% materialization table, adapter='duckdb' %}
    {%- if load_cached_relation(this) -%}
        {%- do return(dbt.materialization_table_duckdb()) -%}
    {%- endif -%}
    {%- set relation = this.incorporate(type='table') -%}
    {%- call statement('main') -%}
        {{ create_table_as(false, relation, compiled_code) }}
    {%- endcall -%}
    {%- do persist_docs(relation, model) -%}
    {%- do adapter.commit() -%}
    {%- do return({'relations': [relation]}) -%}
{% endmaterialization %}
