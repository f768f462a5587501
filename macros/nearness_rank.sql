{# Ranks the releases that could tell a fact of a day: the newest on or before it, then the oldest after it.
   `first` is what counts before that, if anything; `last` what decides between releases of one date. #}
{% macro nearness_rank(partition_by, release_date, day, first=none, last=none) -%}
    row_number() over (
        partition by {{ partition_by }}
        order by
            {{ first ~ ',' if first }}
            case when {{ release_date }} <= {{ day }} then {{ release_date }} end desc nulls last,
            {{ release_date }}
            {{- ', ' ~ last if last }}
    )
{%- endmacro %}
