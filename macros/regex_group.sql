{# Spark reads a backslash in a text as an escape character, so patterns use brackets (`[.]`), which are the same on every
   engine. #}
{% macro regex_group(text, pattern, group) -%}
    nullif(regexp_extract({{ text }}, '{{ pattern }}', {{ group }}), '')
{%- endmacro %}
