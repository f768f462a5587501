{# A list (`exports` or `findings`) that the reader in `exports/` wrote for the location that DSPT_EXPORTS names. dbt-duckdb
   runs the reader when it opens the database; for other engines, run `python -m exports` first. #}
{% macro dspt_list(which) -%}
    {{ read_parquet(['.exports/' ~ local_md5(env_var('DSPT_EXPORTS', '') or 'data/dspt') ~ '-' ~ which ~ '.parquet']) }}
{%- endmacro %}
