{# A condition for a `where`: true if DSPT_ACCEPT names every export that a step has doubts about (source_file, doubt). Any
   other doubt stops the build and gives the figures: otherwise a wrong export that can be read would be published unnoticed. #}
{% macro are_accepted(doubts) %}
{%- set names = (env_var('DSPT_ACCEPT', '') | replace("'", "''")).split(';') -%}
{%- set problems -%}
    (
        select
            concat_ws(
                '', source_file, ' ', doubt, '. Download it again; if it is right all the same, set DSPT_ACCEPT="',
                source_file, '" (several with ;).'
            ) as problem
        from {{ doubts }}
        where source_file not in ('{{ names | map('trim') | join("', '") }}')
    ) as problems
{%- endset -%}
{{ no_row_in(problems) }}
{%- endmacro %}
