{# In whole numbers, because in binary fractions 0.9 - 0.7 is more than 0.2. #}
{% macro has_moved(percent) -%}
    abs(organisations * all_organisations_before - organisations_before * all_organisations) * 100
    > all_organisations * all_organisations_before * {{ percent }}
{%- endmacro %}
