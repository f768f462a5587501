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
