{# Rounds half up (0.125 to 0.13, -0.125 to -0.12), as published figures are rounded. The inner rounding removes the error of
   binary fractions: 0.285 * 100 is 28.499999999999996. #}
{% macro round_half_up(number, decimals) -%}
    floor(round({{ number }} * {{ 10 ** decimals }}, 6) + 0.5) / {{ 10 ** decimals }}
{%- endmacro %}
