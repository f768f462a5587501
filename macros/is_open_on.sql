{# Whether an organisation with this period (a relation with opened_on and closed_on) was open on a day (R3). The first and last
   days count, and a blank means no limit. #}
{% macro is_open_on(day, period) -%}
    ({{ day }} >= coalesce({{ period }}.opened_on, {{ day }}) and {{ day }} <= coalesce({{ period }}.closed_on, {{ day }}))
{%- endmacro %}
