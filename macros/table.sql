{# dbt-duckdb's materialization of this name builds a table under another name, renames it and drops the old one. In a new file
   there is nothing to replace, and that took a quarter of the build. #}
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

{# dbt-spark drops a table before it makes the new one, so for a time there is none, and a model cannot keep its own rows. #}
{% materialization table, adapter='spark' %}
    {%- set old = load_cached_relation(this) -%}
    {%- if not old -%}
        {%- do return(dbt.materialization_table_spark()) -%}
    {%- endif -%}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set new = relation.incorporate(path={'identifier': this.identifier ~ '__new'}) -%}
    {%- do adapter.drop_relation(new) -%}  {# left by a build that was killed #}
    {%- call statement('main') -%}
        {{ create_table_as(false, new, compiled_code) }}
    {%- endcall -%}
    {%- do adapter.drop_relation(old) -%}
    {%- do adapter.rename_relation(new, relation) -%}
    {%- do return({'relations': [relation]}) -%}
{% endmaterialization %}
