{# The name of an ICB without the parts that have several spellings: `NHS SOMERSET INTEGRATED CARE BOARD` and `NHS Somerset ICB`
   are both `SOMERSET`. Only for comparing the export's text; everything else is joined on ODS codes. #}
{% macro plain_icb_name(text) -%}
    trim(replace(replace(replace(upper({{ text }}) || ' ', ' INTEGRATED CARE BOARD ', ''), ' ICB ', ''), 'NHS ', ''))
{%- endmacro %}
