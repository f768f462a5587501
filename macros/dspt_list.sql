{# A list that the reader of the exports (`exports/`) has left of the place that DSPT_EXPORTS names: `exports` or
   `findings`. dbt-duckdb runs the reader when it opens the database; other engines after `python -m exports`. #}
{% macro dspt_list(which) -%}
    {{ read_parquet(['.exports/' ~ local_md5(env_var('DSPT_EXPORTS', '') or 'data/dspt') ~ '-' ~ which ~ '.parquet']) }}
{%- endmacro %}
