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
        coalesce(
            trim(trailing '.' from search_results.status),
            case when exports.form = '2019' then 'Not Published' else '' end
        ) as stated
    from search_results
    inner join exports on search_results.source_file = exports.source_file
),

matched as (
    select
        *,
        {{ regex_group('stated', prefixed, 2) }} || '/' || {{ regex_group('stated', prefixed, 3) }} as prefix,
        {{ regex_group('stated', prefixed, 4) }} as after_prefix,
        case when form = '2019' then {{ regex_group('stated', suffixed, 1) }} end as before_suffix,
        {{ regex_group('stated', suffixed, 2) }} || '/' || {{ regex_group('stated', suffixed, 3) }} as suffix
    from stated
),

split as (
    select
        source_file,
        snapshot_date,
        form,
        organisation_code,
        organisation_name,
        sector_as_exported,
        commissioner_as_exported,
        status,
        published_on_text,
        lower(trim(coalesce(after_prefix, before_suffix, stated))) as label,
        case
            when after_prefix is not null then prefix
            when before_suffix is not null then suffix
            when form = '2019' then '18/19'
        end as edition,
        {{ parse_date('published_on_text') }} as published_on
    from matched
)

select * from split
