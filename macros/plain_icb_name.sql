{% macro plain_icb_name(text) -%}
    trim(replace(replace(replace(upper({{ text }}) || ' ', ' INTEGRATED CARE BOARD ', ''), ' ICB ', ''), 'NHS ', ''))
{%- endmacro %}
