{# A condition for a `where`: true for doubts (a step: source_file, doubt) about exports that DSPT_ACCEPT names. Any other
   stops the build with its figures: an export that can be read and is wrong would else be published in silence. #}
{% macro are_accepted(doubts) %}
{%- set names = (env_var('DSPT_ACCEPT', '') | replace("'", "''")).split(';') -%}
{%- set accepted = "source_file in ('" ~ names | map('trim') | join("', '") ~ "')" -%}
{%- set problems -%}
    (
        select
            concat_ws(
                '', source_file, ' ', doubt, '. Download it again; if it is right all the same, set DSPT_ACCEPT="',
                source_file, '" (several with ;).'
            ) as problem
        from {{ doubts }}
        where not {{ accepted }}
    ) as problems
{%- endset -%}
{{ accepted }} and {{ no_row_in(problems) }}
{%- endmacro %}
