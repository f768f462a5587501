{% macro is_open_on(day, period) -%}
    ({{ day }} >= coalesce({{ period }}.opened_on, {{ day }}) and {{ day }} <= coalesce({{ period }}.closed_on, {{ day }}))
{%- endmacro %}
