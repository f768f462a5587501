{# The inner rounding removes the error of binary fractions: 0.285 * 100 is 28.499999999999996. #}
{% macro round_half_up(number, decimals) -%}
    round(round({{ number }} * {{ 10 ** decimals }}, 6)) / {{ 10 ** decimals }}
{%- endmacro %}
