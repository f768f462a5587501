{# The columns together identify a row: none of them is null, and no two rows have the same values. For a column that may be
   null, give an expression that is not: coalesce(icb_code, ''). #}
{% test primary_key(model, columns) %}
select
    {{ columns | join(',\n    ') }},
    count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
