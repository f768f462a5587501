{# Which exports stg_dspt__search_results has, and which it lacks: `kept`, how many of the oldest it has as they are
   today; `until`, the date of the last of these; `new_files`, the rows of the others, or of the last where there is no
   other; `mark`, what tells all of them.
   The mark stands in the table, so that rows and mark cannot part; the model's own text is in it too. #}
{% macro dspt_loaded() %}
    {%- set loaded = namespace(kept=0, until=none, new_files=[], mark='') -%}
    {%- if execute and load_relation(ref('stg_dspt__exports')) -%}
        {%- set mark = dspt_mark(this) -%}
        {%- set query -%}
            select snapshot_date, rows_file from {{ ref('stg_dspt__exports').render() }} order by snapshot_date
        {%- endset -%}
        {%- set loaded.mark = local_md5(model.raw_code) -%}
        {%- for snapshot_date, rows_file in run_query(query).rows -%}
            {%- do loaded.new_files.append(rows_file) -%}
            {%- set loaded.mark = local_md5(loaded.mark ~ snapshot_date ~ rows_file) -%}
            {%- if loaded.mark == mark -%}
                {%- set loaded.kept = loop.index -%}
                {%- set loaded.until = snapshot_date -%}
                {%- set loaded.new_files = [] if not loop.last else [rows_file] -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set loaded.new_files = loaded.new_files | unique | list -%}
    {% do return(loaded) %}
{% endmacro %}

{# The mark that the table has; none where there is no table yet or all is to be built anew. Its model selects from it: DuckDB
   makes the new table before it drops the old one, and so does Spark (table.sql). #}
{% macro dspt_mark(relation) %}
    {%- if not flags.FULL_REFRESH and load_relation(relation) -%}
        {%- if 'exports_mark' in adapter.get_columns_in_relation(relation) | map(attribute='name') -%}
            {% do return(run_query("select max(exports_mark) from " ~ relation).rows[0][0]) %}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
