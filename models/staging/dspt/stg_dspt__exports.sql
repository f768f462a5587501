-- The export files: when each was taken (only its name says), its form, and whether it can be read. A file that cannot
-- be used stops the build here, with the message of the reader, before any of its rows is used.
-- Grain: one row per export file.
{% set time_pattern = '([01][0-9_]{7}|2[0-3][0-9_]{6})' %}
{% set name_pattern =
    '^DSPT (search results|Progress as of) ([0-9_]{10}) ' ~ time_pattern ~ '( publish)?[.](csv|CSV)$'
%}
with files as (
    select * from {{ dspt_list('exports') }}
),

named as (
    select
        *,
        case when source_file like 'DSPT Progress%' then '2019' else 'portal' end as form,
        {{ parse_date("replace(" ~ regex_group('source_file', name_pattern, 2) ~ ", '_', '/')") }} as snapshot_date,
        replace({{ regex_group('source_file', name_pattern, 3) }}, '_', ':') as time_of_day
    from files
),

dated as (
    select
        *,
        try_cast(concat_ws('', snapshot_date, ' ', time_of_day) as timestamp) as snapshot_at
    from named
),

problems as (
    select concat_ws(' ', source_file, concat_ws('', fault, '.')) as problem
    from dated
    where fault is not null

    union all

    select
        concat_ws(
            '', source_file,
            ' is not named as the portal names its exports ("DSPT search results DD_MM_YYYY HH_MM_SS.csv"): only the ',
            'name says when an export was taken. Rename it, or move it away.'
        ) as problem
    from dated
    where snapshot_at is null and lower(source_file) like '%.csv'

    union all

    select
        concat_ws(
            '', min(source_file), ' and ', max(source_file), ' are of the same day, ', snapshot_date,
            ': keep the one that the figures should use.'
        ) as problem
    from dated
    group by snapshot_date
    having count(*) > 1 and snapshot_date is not null
)

select
    source_file,
    snapshot_date,
    snapshot_at,
    form,
    encoding,
    size_in_bytes,
    sha256,
    data_rows,
    rows_file
from dated
where {{ no_row_in('problems') }}
