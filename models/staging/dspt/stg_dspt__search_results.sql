-- The rows of the exports, as text: what is invisible at the ends of cells is off, blanks are null, nothing is
-- interpreted yet.
-- Grain: one row per export file and organisation.
{% set rows_files = [] %}
{% if execute %}
    {% set query = "select distinct rows_file from " ~ dspt_list('exports') ~ " where rows_file is not null" %}
    {% set rows_files = run_query(query).columns[0].values() | sort %}
{% endif %}
with exports as (
    select * from {{ ref('stg_dspt__exports') }}
),

cells as (
    select * from {{ read_parquet(rows_files) }}
)

select
    exports.source_file,
    cells.organisation_code,
    cells.organisation_code_as_exported,
    cells.organisation_name,
    cells.status,
    case when lower(cells.published_on_text) != 'null' then cells.published_on_text end as published_on_text,
    cells.sector_as_exported,
    cells.commissioner_as_exported
from exports
inner join cells on exports.sha256 = cells.sha256
