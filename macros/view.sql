{# A view in a Spark session is lost with its catalogue. A table is files, which any reader of Parquet can find. #}
{% materialization view, adapter='spark' %}
    {%- do return(dbt.materialization_table_spark() if target.method == 'session' else dbt.materialization_view_spark()) -%}
{% endmaterialization %}
