{# A view of a Spark session ends with its catalogue; a table is files, which every reader of Parquet finds. #}
{% materialization view, adapter='spark' %}
    {%- do return(dbt.materialization_table_spark() if target.method == 'session' else dbt.materialization_view_spark()) -%}
{% endmaterialization %}
