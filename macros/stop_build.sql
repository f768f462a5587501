{% macro stop_build(message) %}
    {{- return(adapter.dispatch('stop_build')(message)) -}}
{% endmacro %}

{% macro duckdb__stop_build(message) -%}
    error({{ message }})
{%- endmacro %}

{# A failed data test would print only a count, after everything downstream was built. #}
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

{% macro spark__stop_build(message) -%}
    raise_error({{ message }})
{%- endmacro %}
