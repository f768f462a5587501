{% macro is_outside_window(published_on, edition) -%}
    (
        {{ published_on }} <= {{ edition }}.previous_deadline_on
        or {{ published_on }} > {{ edition }}.next_deadline_on
    )
{%- endmacro %}
