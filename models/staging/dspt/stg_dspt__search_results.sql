-- The rows of the exports, as text: codes upper-cased, blanks made null, nothing interpreted yet.
-- Grain: one row per export file and organisation (a code that comes twice stops the build).
-- depends_on: {{ ref('stg_dspt__exports') }}
with source as (
    {{ read_dspt_exports() }}
),

cleaned as (
    select
        source_file,
        upper(trim(organisation_code)) as organisation_code,
        trim(organisation_code) as organisation_code_as_exported,
        nullif(trim(organisation_name), '') as organisation_name,
        nullif(trim(status), '') as status,
        case when lower(trim(published_on)) not in ('', 'null') then trim(published_on) end as published_on_text,
        nullif(trim(sector), '') as sector_as_exported,
        nullif(trim(commissioner), '') as commissioner_as_exported
    from source
),

problems as (
    select concat(source_file, ' has ', count(*), ' rows for ', organisation_code, ': keep the right one.') as problem
    from cleaned
    where organisation_code != ''
    group by source_file, organisation_code
    having count(*) > 1

    union all

    select concat(source_file, ' has ', count(*), ' row(s) without a code: download it again.') as problem
    from cleaned
    where coalesce(organisation_code, '') = ''
    group by source_file
)

select *
from cleaned
where {{ no_row_in('problems') }}
