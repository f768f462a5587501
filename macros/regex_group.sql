{# What a group of a regular expression matched; null where the expression does not match. #}
{% macro regex_group(text, pattern, group) %}
    {{- return(adapter.dispatch('regex_group')(text, pattern, group)) -}}
{% endmacro %}

{% macro duckdb__regex_group(text, pattern, group) -%}
    nullif(regexp_extract({{ text }}, '{{ pattern }}', {{ group }}), '')
{%- endmacro %}
