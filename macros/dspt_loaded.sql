{# The mark is a hash of the query with all macros and variables filled in, of this macro, and of all facts about each export. It
   is stored in the table, so that rows and mark stay together. #}
{% macro dspt_loaded() %}
    {%- set query = caller('kept', 'until', ['file'], 'mark') ~ (dspt_loaded.macro or {}).macro_sql -%}
    {#- the next database may have another name #}
    {%- set query = query.replace('"' ~ this.database ~ '".', '') -%}
    {%- set found = namespace(kept=0, until=none, new_files=[], mark=local_md5(query)) -%}
    {%- if execute and load_relation(ref('stg_dspt__exports')) -%}
        {%- set mark = dspt_mark(this) -%}
        {%- set exports = run_query("select * from " ~ ref('stg_dspt__exports').render() ~ " order by snapshot_date") -%}
        {%- for export in exports.rows -%}
            {%- do found.new_files.append(export.rows_file) -%}
            {%- set found.mark = local_md5(found.mark ~ export.values()) -%}
            {%- if found.mark == mark -%}
                {%- set found.kept = loop.index -%}
                {%- set found.until = export.snapshot_date -%}
                {%- set found.new_files = [] if not loop.last else [export.rows_file] -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- caller(found.kept, found.until, found.new_files | unique | list, found.mark) -}}
{% endmacro %}

{# The model can select from its own table, because DuckDB makes the new table before it drops the old one, and so does Spark
   here (table.sql). #}
{% macro dspt_mark(relation) %}
    {%- if not flags.FULL_REFRESH and load_relation(relation) -%}
        {%- if 'exports_mark' in adapter.get_columns_in_relation(relation) | map(attribute='name') -%}
            {% do return(run_query("select max(exports_mark) from " ~ relation).rows[0][0]) %}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
