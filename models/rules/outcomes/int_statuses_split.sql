-- Each exported status taken apart (R1): the edition is its prefix, never the date; the label is what follows. In the
-- form of 2019 a status without prefix is of 18/19, a suffix `(19-20)` names 19/20, and a blank is Not Published.
-- Grain: one row per form and status; millions of rows have some thirty of them.
{% set prefixed = '^(20)?([0-9]{2})[/-]([0-9]{2}) +(.+)$' %}
{% set suffixed = '^(.+) [(]([0-9]{2})-([0-9]{2})[)]$' %}
with statuses as (
    select distinct
        form,
        status
    from {{ ref('stg_dspt__search_results') }}
),

stated as (
    select
        *,
        coalesce(trim(trailing '.' from status), case when form = '2019' then 'Not Published' else '' end) as stated
    from statuses
),

matched as (
    select
        *,
        {{ regex_group('stated', prefixed, 2) }} || '/' || {{ regex_group('stated', prefixed, 3) }} as prefix,
        {{ regex_group('stated', prefixed, 4) }} as after_prefix,
        case when form = '2019' then {{ regex_group('stated', suffixed, 1) }} end as before_suffix,
        {{ regex_group('stated', suffixed, 2) }} || '/' || {{ regex_group('stated', suffixed, 3) }} as suffix
    from stated
)

select
    form,
    status,
    lower(trim(coalesce(after_prefix, before_suffix, stated))) as label,
    case
        when after_prefix is not null then prefix
        when before_suffix is not null then suffix
        when form = '2019' then '18/19'
    end as edition
from matched
