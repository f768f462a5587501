{# A view of a Spark session ends with its catalogue; a table is files, which every reader of Parquet finds. dbt-spark tells
   no macro the method of a target; a session is one whose host is `NA`. #}
{% materialization view, adapter='spark' %}
    {%- do return(dbt.materialization_table_spark() if target.host == 'NA' else dbt.materialization_view_spark()) -%}
{% endmaterialization %}
