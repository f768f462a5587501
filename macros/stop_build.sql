{# An expression that stops the build with these words (an expression of text) when a row reaches it. #}
{% macro stop_build(message) %}
    {{- return(adapter.dispatch('stop_build')(message)) -}}
{% endmacro %}

{% macro duckdb__stop_build(message) -%}
    error({{ message }})
{%- endmacro %}

{# A condition for a `where`: true when the step `problems` (one column, problem) has no row, else the build stops and
   says them all. A failed data test prints a count only, and lets everything downstream be built first. #}
{% macro no_row_in(problems) -%}
    (
        select
            case
                when count(*) > 0 then {{ stop_build("'The build stops. ' || string_agg(problem, ' | ')") }}
                else 'none'
            end
        from {{ problems }}
    ) = 'none'
{%- endmacro %}

{# Spark calls its function `raise_error`. #}
{% macro spark__stop_build(message) -%}
    raise_error({{ message }})
{%- endmacro %}
