{# An expression that stops the build with this message (a text expression) when a row reaches it. #}
{% macro stop_build(message) %}
    {{- return(adapter.dispatch('stop_build')(message)) -}}
{% endmacro %}

{% macro duckdb__stop_build(message) -%}
    error({{ message }})
{%- endmacro %}

{# A condition for a `where`: true if the step `problems` (one column, problem) has no row; otherwise the build stops and lists
   them all. A failed data test would print only a count, after everything downstream was built. #}
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
