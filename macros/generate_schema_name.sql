{# One file is one database that nobody shares, so dbt's prefix (`main_marts`) would only obscure the contract. DuckDB names a
   database after its file, which is why some files are refused. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set path = target.path or '' -%}
    {%- set name = path.replace('\\', '/').split('/')[-1].split('.')[0] | lower -%}
    {%- if name in ('main', 'temp', 'system', 'information_schema', custom_schema_name)
        or not modules.re.match('[\\w -]*$', name) or '#' in path or '?' in path -%}
        {%- do exceptions.raise_compiler_error(
            "OPEN_CYBER_DB: " ~ path ~ " cannot be a database: name the file with letters, digits, _ and -, not like"
            ~ " a schema, in a folder without # and ?"
        ) -%}
    {%- endif -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
