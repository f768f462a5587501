{# The schema is the layer's own name (`marts`), the same for everybody: one file is one database, so nobody
   shares it and dbt's prefix (`main_marts`) would only blur the contract. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
