{# What a group of a regular expression matched; null where the expression does not match. Spark reads a backslash in a
   text as an escape, so that a pattern keeps to brackets (`[.]`): it is then the same on every engine. #}
{% macro regex_group(text, pattern, group) -%}
    nullif(regexp_extract({{ text }}, '{{ pattern }}', {{ group }}), '')
{%- endmacro %}
