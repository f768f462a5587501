-- What each status means (R1): its edition and outcome, or what no rule knows of it, in words. Where `unknown` is not
-- null int_assessments_parsed stops the build, for a later default would turn it into a valid answer in silence.
-- Grain: one row per form of export and status.
with statuses as (
    select * from {{ ref('int_statuses_split') }}
),

labels as (
    select * from {{ ref('dspt_status_labels') }}
),

editions as (
    select * from {{ ref('int_editions') }}
)

select
    statuses.form,
    statuses.status,
    case when labels.outcome != 'Not Published' then statuses.edition end as edition,
    labels.outcome,
    case
        when labels.outcome is null
            then 'label; if it is right, add it to seeds/dspt/dspt_status_labels.csv.'
        when labels.outcome != 'Not Published' and statuses.edition is null
            then 'edition, for it has no year before it; download the file again.'
        when labels.outcome != 'Not Published' and editions.edition is null
            then 'edition; if it is right, add it to seeds/dspt/dspt_editions.csv.'
    end as unknown
from statuses
left join labels on statuses.label = labels.label
left join editions on statuses.edition = editions.edition
