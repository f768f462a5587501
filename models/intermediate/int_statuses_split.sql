-- Each exported status taken apart (R1): the edition is its prefix, never the date; the label is what follows. In the
-- form of 2019 a status without prefix is of 18/19, a suffix `(19-20)` names 19/20, and a blank is Not Published.
-- Grain: one row per snapshot and organisation of the export, every sector.
{% set prefixed = '^(20)?([0-9]{2})[/-]([0-9]{2}) +(.+)$' %}
{% set suffixed = '^(.+) [(]([0-9]{2})-([0-9]{2})[)]$' %}
with search_results as (
    select * from {{ ref('stg_dspt__search_results') }}
),

exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

stated as (
    select
        exports.snapshot_date,
        exports.form,
        search_results.source_file,
        search_results.organisation_code,
        search_results.organisation_name,
        search_results.sector_as_exported,
        search_results.commissioner_as_exported,
        search_results.status,
        search_results.published_on_text,
        case
            when exports.form = '2019' then coalesce(search_results.status, 'Not Published')
            else coalesce(trim(trailing '.' from search_results.status), '')
        end as stated
    from search_results
    inner join exports on search_results.source_file = exports.source_file
),

split as (
    select
        *,
        lower(trim(coalesce(
            {{ regex_group('stated', prefixed, 4) }}, {{ regex_group('stated', suffixed, 1) }}, stated
        ))) as label,
        coalesce(
            {{ regex_group('stated', prefixed, 2) }} || '/' || {{ regex_group('stated', prefixed, 3) }},
            {{ regex_group('stated', suffixed, 2) }} || '/' || {{ regex_group('stated', suffixed, 3) }},
            case when form = '2019' then '18/19' end
        ) as edition,
        {{ parse_date('published_on_text') }} as published_on
    from stated
)

select * from split
