{# Halves and thirds added in another order may differ in the sixteenth digit, and rounded before they are added they break ties:
   0.333333333 + 0.333333333 is less than 0.666666667. #}
{% macro score_to_rank(score) -%}
    cast({{ score }} as decimal(12, 9))
{%- endmacro %}
