{% macro place_code(level, code) -%}
    case when {{ level }} = 'England' then 'E92000001' else coalesce({{ code }}, 'none') end
{%- endmacro %}
