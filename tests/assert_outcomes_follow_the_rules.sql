-- Why: points, order and labels are decisions in a seed, and one wrong number there changes every score. This test
-- states R7 and the labels of R1 a second time, where no refresh changes them. It returns each rule that the seeds
-- break.
{% set rules = [
    ('standards exceeded', 'Standards Exceeded', 3, 1, true),
    ('standards met', 'Standards Met', 1, 2, true),
    ('approaching standards', 'Approaching Standards', -1, 3, false),
    ('standards not fully met (plan agreed)', 'Approaching Standards', -1, 3, false),
    ('not fully met (plan agreed)', 'Approaching Standards', -1, 3, false),
    ('entry level', 'Entry Level', -1, 4, false),
    ('standards not met', 'Standards Not Met', -3, 5, false),
    ('not published', 'Not Published', -3, 6, false),
] %}
with rules as (
    {% for label, outcome, points, outcome_order, meets_standard in rules -%}
        select
            '{{ label }}' as label,
            '{{ outcome }}' as outcome,
            {{ points }} as points,
            {{ outcome_order }} as outcome_order,
            {{ meets_standard }} as meets_standard
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

seeded as (
    select
        labels.label,
        labels.outcome,
        outcomes.points,
        outcomes.outcome_order,
        outcomes.meets_standard
    from {{ ref('dspt_status_labels') }} as labels
    left join {{ ref('dim_outcomes') }} as outcomes on labels.outcome = outcomes.outcome
)

select
    rules.label as label_of_rule,
    seeded.*
from rules
left join seeded
    on
        rules.label = seeded.label
        and rules.outcome = seeded.outcome
        and rules.points = seeded.points
        and rules.outcome_order = seeded.outcome_order
        and rules.meets_standard = seeded.meets_standard
where seeded.label is null
