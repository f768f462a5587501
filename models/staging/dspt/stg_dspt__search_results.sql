-- What the exports say, as text; nothing is interpreted. Few rows change from one export to the next, so each is stored
-- once for as long as it stays the same. The rows in this table are kept, and only exports later than all of its own
-- are read. Anything else (an older export, a changed or removed one, another query, --full-refresh) reads all exports
-- again.
-- Grain: one row per organisation and run of neighbouring snapshots that show it unchanged.
{% set cells = [
    'organisation_code', 'organisation_code_as_exported', 'organisation_name', 'status', 'published_on_text',
    'sector_as_exported', 'commissioner_as_exported'
] %}
{% set columns = cells | join(', ') ~ ', form' %}
{% call(kept, until, new_files, mark) dspt_loaded() %}
{% set shown %}
    select
        cells.{{ cells | join(', cells.') }},
        snapshots.form,
        snapshots.snapshot
    from snapshots
    inner join {{ read_parquet(new_files) }} as cells on snapshots.sha256 = cells.sha256
    where snapshots.snapshot > {{ kept }}
{% endset %}
with snapshots as (
    select
        sha256,
        snapshot_date,
        form,
        row_number() over (order by snapshot_date) as snapshot
    from {{ ref('stg_dspt__exports') }}
),

new_runs as (
    {{ runs_of(shown, columns) }}
),

runs as (
    select
        new_runs.{{ columns | replace(', ', ', new_runs.') }},
        starts.snapshot_date as first_snapshot_date,
        ends.snapshot_date as last_snapshot_date,
        new_runs.first_snapshot = {{ kept }} + 1 as is_at_seam
    from new_runs
    inner join snapshots as starts on new_runs.first_snapshot = starts.snapshot
    inner join snapshots as ends on new_runs.last_snapshot = ends.snapshot

    {% if kept %}
        union all

        select
            {{ columns }},
            first_snapshot_date,
            last_snapshot_date,
            last_snapshot_date = cast('{{ until }}' as date) as is_at_seam
        from {{ this }}
    {% endif %}
)

-- an open run continues if the new snapshots say the same
select
    {{ columns }},
    min(first_snapshot_date) as first_snapshot_date,
    max(last_snapshot_date) as last_snapshot_date,
    '{{ mark }}' as exports_mark
from runs
group by {{ columns }}, case when not is_at_seam then first_snapshot_date end
{% endcall %}
