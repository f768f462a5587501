-- The share that met or exceeded the standards, edition by edition, up to a snapshot: the headline figure and those of
-- previous editions. By type only, because editions count different types of commissioner (R12).
-- Grain: one row per snapshot, edition up to its own, level, code and organisation type.
with series as (
    select * from {{ ref('int_snapshot_series') }}
),

met as (
    select * from {{ ref('agg_met_or_exceeded') }}
)

select
    series.snapshot_date,
    series.edition,
    series.editions_back,
    series.as_of,
    series.as_of_days_after_deadline,
    series.comparable,
    met.level,
    met.code,
    met.name,
    met.organisation_type,
    met.type_order,
    met.organisations,
    met.met_or_exceeded,
    met.share
from series
inner join met on series.as_of = met.snapshot_date
where met.organisation_type != 'Total'
