-- All doubts about exports. An implausible export can be read, so it would be published unnoticed: a doubt about an
-- export that DSPT_ACCEPT does not name stops the build and gives the figures.
-- Grain: one row per doubt about an accepted export.
{% set accepted = env_var('DSPT_ACCEPT', '').replace("'", "''").split(';') | map('trim') | join("', '") %}
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

gathered as (
    select * from {{ ref('int_doubts_on_scope') }}

    union all

    select * from {{ ref('int_doubts_on_names') }}

    union all

    select * from {{ ref('int_doubts_on_dates') }}

    union all

    select * from {{ ref('int_doubts_on_files') }}

    union all

    select * from {{ ref('int_doubts_on_movements') }}

    union all

    select * from {{ ref('int_doubts_on_changes') }}
),

doubts as (
    select
        gathered.snapshot_date,
        snapshots.source_file,
        gathered.doubt
    from gathered
    inner join snapshots on gathered.snapshot_date = snapshots.snapshot_date
),

problems as (
    select
        concat_ws(
            '', source_file, ' ', doubt, '. Download it again. If it is right, set DSPT_ACCEPT="',
            source_file, '" (several with ;).'
        ) as problem
    from doubts
    where source_file not in ('{{ accepted }}')
)

select
    snapshot_date,
    source_file,
    doubt
from doubts
where {{ no_row_in('problems') }}
