{# dbt-duckdb's own materialization of this name builds a table under another name, renames it and drops what it would have
   replaced: a quarter of the time of a build into a new file, where there is nothing to replace. Here a table and its
   comments are one statement, and one transaction. #}
{% materialization table, adapter='duckdb' %}
    {%- if load_cached_relation(this) -%}
        {%- do return(dbt.materialization_table_duckdb()) -%}
    {%- endif -%}
    {%- set relation = this.incorporate(type='table') -%}
    {%- call statement('main') -%}
        begin transaction;
        {{ create_table_as(false, relation, compiled_code) }};
        {{ comments_on(relation, model) if config.persist_relation_docs() }}
        commit;
    {%- endcall -%}
    {%- do return({'relations': [relation]}) -%}
{% endmaterialization %}
