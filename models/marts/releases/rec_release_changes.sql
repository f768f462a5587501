-- What changed from one release to the next, and why. A correction is a figure that changed for a snapshot
-- that both releases have. The page of its organisation or ICB names it, if there is one.
-- Grain: one row per release and change. A reason that no figure needs has one row without a figure.
with changes as (
    select * from {{ ref('release_changes') }}
),

releases as (
    select * from {{ ref('dim_releases') }}
),

organisations as (
    select organisation_code from {{ ref('dim_organisations') }}
),

icbs as (
    select icb_code from {{ ref('agg_icb_scores') }}
    where is_newest
)

select
    changes.version,
    releases.release_order,
    releases.released_on,
    changes.change_order,
    changes.reason,
    changes.figure,
    changes.edition,
    changes.snapshot_date,
    changes.code,
    changes.detail,
    changes.name,
    changes.before,
    changes.after,
    changes.is_correction,
    organisations.organisation_code,
    icbs.icb_code
from changes
inner join releases on changes.version = releases.version
left join organisations on changes.concerns = 'organisation' and changes.code = organisations.organisation_code
left join icbs on changes.concerns = 'ICB' and changes.code = icbs.icb_code
