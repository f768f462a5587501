{# The name of an ICB without what is written in several ways: `NHS SOMERSET INTEGRATED CARE BOARD` and
   `NHS Somerset ICB` are both `SOMERSET`. For comparing the export's text only; ODS codes join everything else. #}
{% macro plain_icb_name(text) -%}
    trim(replace(replace(replace(upper({{ text }}) || ' ', ' INTEGRATED CARE BOARD ', ''), ' ICB ', ''), 'NHS ', ''))
{%- endmacro %}
