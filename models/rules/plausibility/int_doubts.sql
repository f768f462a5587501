-- All doubts about exports that DSPT_ACCEPT lets through. A doubt about any other export has stopped the build.
-- Grain: one row per doubt about an accepted export.
select
    snapshot_date,
    source_file,
    doubt
from {{ ref('int_doubts_on_scope') }}

union all

select
    snapshot_date,
    source_file,
    doubt
from {{ ref('int_doubts_on_names') }}

union all

select
    snapshot_date,
    source_file,
    doubt
from {{ ref('int_doubts_on_dates') }}

union all

select
    snapshot_date,
    source_file,
    doubt
from {{ ref('int_doubts_on_files') }}

union all

select
    snapshot_date,
    source_file,
    doubt
from {{ ref('int_doubts_on_movements') }}

union all

select
    snapshot_date,
    source_file,
    doubt
from {{ ref('int_doubts_on_changes') }}
