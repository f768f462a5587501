-- What each exported status means (R1): its edition and outcome, or a message about what is unknown, with which
-- int_assessments_parsed stops the build. The edition comes from the prefix, never from the date. The label is the
-- rest, without the toolkit's version and dash (`2024-25 (version 7) - Standards met`). A Baseline is only a start, so
-- it means Not Published. In the form of 2019, a status without a prefix is of 18/19, a suffix `(19-20)` means 19/20,
-- and a blank is Not Published.
-- Grain: one row per form and status; millions of rows have some thirty of them.
{% set prefixed = '^(20)?([0-9]{2})[/-]([0-9]{2})( +[(]version [0-9]+[)])?( +-)? +(.+)$' %}
{% set suffixed = '^(.+) [(]([0-9]{2})-([0-9]{2})[)]$' %}
with statuses as (
    select distinct
        form,
        status,
        coalesce(lower(trim(trailing '.' from status)), case when form = '2019' then 'not published' end) as stated
    from {{ ref('stg_dspt__search_results') }}
),

labels as (
    select * from {{ ref('dspt_status_labels') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

matched as (
    select
        *,
        {{ regex_group('stated', prefixed, 2) }} || '/' || {{ regex_group('stated', prefixed, 3) }} as prefix,
        {{ regex_group('stated', prefixed, 6) }} as after_prefix,
        case when form = '2019' then {{ regex_group('stated', suffixed, 1) }} end as before_suffix,
        {{ regex_group('stated', suffixed, 2) }} || '/' || {{ regex_group('stated', suffixed, 3) }} as suffix
    from statuses
),

split as (
    select
        form,
        status,
        trim(coalesce(after_prefix, before_suffix, stated)) as label,
        case
            when after_prefix is not null then prefix
            when before_suffix is not null then suffix
            when form = '2019' then '18/19'
        end as edition
    from matched
)

select
    split.form,
    split.status,
    case when labels.outcome != 'Not Published' then split.edition end as edition,
    labels.outcome,
    case
        when labels.outcome is null
            then 'label; if it is right, add it to seeds/dspt/dspt_status_labels.csv.'
        when labels.outcome != 'Not Published' and split.edition is null
            then 'edition, because no year comes before it; download the file again.'
        when labels.outcome != 'Not Published' and editions.edition is null
            then 'edition; if it is right, add it to seeds/dspt/dspt_editions.csv.'
    end as unknown
from split
left join labels on split.label = labels.label
left join editions on split.edition = editions.edition
