-- What each exported status means (R1): its edition is its prefix, never the date, and its outcome is its label. What
-- no rule knows stops the build, because a later default would turn it into a valid answer in silence.
-- Grain: one row per snapshot and organisation of the export, every sector.
{% set prefixed = '^(20)?([0-9]{2})[/-]([0-9]{2}) +(.+)$' %}
{% set suffixed = '^(.+) [(]([0-9]{2})-([0-9]{2})[)]$' %}
with search_results as (
    select * from {{ ref('stg_dspt__search_results') }}
),

exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

labels as (
    select * from {{ ref('dspt_status_labels') }}
),

editions as (
    select * from {{ ref('dspt_editions') }}
),

stated as (
    select
        exports.snapshot_date,
        exports.form,
        search_results.*,
        -- the form of 2019 leaves the status of an organisation that has not published blank
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
        {{ parse_date('published_on_text') }} as published_on,
        lower(trim(coalesce(
            {{ regex_group('stated', prefixed, 4) }}, {{ regex_group('stated', suffixed, 1) }}, stated
        ))) as label,
        coalesce(
            {{ regex_group('stated', prefixed, 2) }} || '/' || {{ regex_group('stated', prefixed, 3) }},
            {{ regex_group('stated', suffixed, 2) }} || '/' || {{ regex_group('stated', suffixed, 3) }},
            case when form = '2019' then '18/19' end
        ) as edition
    from stated
),

matched as (
    select
        split.*,
        labels.outcome,
        case when labels.outcome != 'Not Published' then split.edition end as assessed_edition,
        editions.edition as known_edition
    from split
    left join labels on split.label = labels.label
    left join editions on split.edition = editions.edition
),

problems as (
    select
        concat(
            source_file, ' has ', count(*), ' rows of status "', coalesce(status, '(blank)'), '": no rule knows its ',
            case
                when outcome is null then 'label; if it is right, add it to seeds/dspt/dspt_status_labels.csv.'
                when edition is null then 'edition, for it has no year before it; download the file again.'
                else 'edition; if it is right, add it to seeds/dspt/dspt_editions.csv.'
            end
        ) as problem
    from matched
    where outcome is null or (outcome != 'Not Published' and known_edition is null)
    group by source_file, status, outcome, edition

    union all

    select
        concat(
            source_file, ' has ', count(*), ' rows with the date "', published_on_text, '" (first: ',
            min(organisation_code), '), which is no day of the form dd/mm/yyyy: put it right from the portal.'
        ) as problem
    from matched
    where form = 'portal' and published_on_text is not null and published_on is null
    group by source_file, published_on_text
)

select
    snapshot_date,
    organisation_code,
    organisation_name,
    sector_as_exported,
    commissioner_as_exported,
    status,
    assessed_edition as edition,
    outcome,
    published_on,
    published_on_text
from matched
where {{ no_row_in('problems') }}
