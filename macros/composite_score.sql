{% macro composite_score(commissioner_score, trust_score) -%}
    0.5 * {{ commissioner_score }} + 0.5 * {{ trust_score }}
{%- endmacro %}
