{# Each engine has its own way to unnest. #}
{% macro words_of(text) %}
    {{- return(adapter.dispatch('words_of')(text)) -}}
{% endmacro %}

{% macro duckdb__words_of(text) -%}
    unnest(string_split({{ text }}, ' ')) as word,
        generate_subscripts(string_split({{ text }}, ' '), 1) as word_position
{%- endmacro %}

{% macro spark__words_of(text) -%}
    posexplode(split({{ text }}, ' ')) as (word_position, word)
{%- endmacro %}
