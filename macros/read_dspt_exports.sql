{# Every row of every export as text, under our column names (dspt_columns): source_file and the six columns, whichever
   headers the files have. A column that no file has is null. #}
{% macro read_dspt_exports() %}
    {{ return(adapter.dispatch('read_dspt_exports')()) }}
{% endmacro %}

{% macro duckdb__read_dspt_exports() %}
    {%- set paths = [] -%}
    {%- if execute -%}
        {%- for row in run_query("select path, source_file, encoding from (" ~ dspt_export_files() ~ ") order by source_file") -%}
            {%- if row['encoding'] == 'utf-8' -%}
                {%- do paths.append(row['path']) -%}
            {%- else -%}
                {%- do paths.append(duckdb__write_as_utf8(row['path'], row['source_file'])) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    select
        replace(parse_filename(filename), '{{ duckdb__copy_prefix() }}', '') as source_file,
        {% for column, headers in dspt_columns().items() -%}
        coalesce(null, *columns(lambda header: trim(lower(header)) in ('{{ headers | join("', '") }}'))) as {{ column }},
        {% endfor %}
    from read_csv(
        ['{{ paths | map("replace", "'", "''") | join("', '") }}'],
        all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', union_by_name = true, filename = true
    )
{% endmacro %}

{# What stands before the name of an export in the name of its copy: `open_cyber.duckdb.` #}
{% macro duckdb__copy_prefix() -%}
    {{ target.path.replace('\\', '/').split('/')[-1] }}.
{%- endmacro %}

{# Writes a copy of a Windows-1252 file in UTF-8 beside the database, and gives its path. #}
{% macro duckdb__write_as_utf8(path, source_file) %}
    {%- set copy = target.path ~ '.' ~ source_file -%}
    {%- do run_query(
        "copy (select encode(" ~ duckdb__decode_cp1252('content') ~ ") from read_blob('" ~ path | replace("'", "''") ~ "'))"
        ~ " to '" ~ copy | replace("'", "''") ~ "' (format blob)"
    ) -%}
    {% do return(copy) %}
{% endmacro %}
