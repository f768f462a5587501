{% macro dspt_list(which) -%}
    {{ read_parquet(['.exports/' ~ local_md5(env_var('DSPT_EXPORTS', '') or 'data/dspt') ~ '-' ~ which ~ '.parquet']) }}
{%- endmacro %}
