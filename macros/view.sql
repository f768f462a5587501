{# dbt-spark does not tell macros the method of a target; a session is one with the host `NA`. #}
{% materialization view, adapter='spark' %}
    {%- do return(dbt.materialization_table_spark() if target.host == 'NA' else dbt.materialization_view_spark()) -%}
{% endmaterialization %}
