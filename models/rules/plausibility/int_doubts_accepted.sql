-- Doubts about an export that DSPT_ACCEPT names. Any other stops the build with its figures: an export that can be read
-- and is wrong would else be published in silence.
-- Grain: one row per doubt about an accepted export.
{% set names = (env_var('DSPT_ACCEPT', '') | replace("'", "''")).split(';') %}
{% set accepted = "'" ~ names | map('trim') | join("', '") ~ "'" %}
with snapshots as (
    select * from {{ ref('int_snapshots_reported') }}
),

doubts as (
    select * from {{ ref('int_doubts_on_scope') }}

    union all

    select * from {{ ref('int_doubts_on_whole_exports') }}
),

named as (
    select
        doubts.snapshot_date,
        snapshots.source_file,
        doubts.doubt,
        snapshots.source_file in ({{ accepted }}) as is_accepted
    from doubts
    inner join snapshots on doubts.snapshot_date = snapshots.snapshot_date
),

problems as (
    select
        concat_ws(
            '',
            source_file,
            ' ',
            doubt,
            '. Download it again; if it is right all the same, set DSPT_ACCEPT="',
            source_file,
            '" (several with ;).'
        ) as problem
    from named
    where not is_accepted
)

select
    snapshot_date,
    source_file,
    doubt
from named
where is_accepted and {{ no_row_in('problems') }}
