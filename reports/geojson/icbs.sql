-- Outlines of the ICBs of the newest snapshot with their scores and own outcome.
-- $boundaries is the release of outlines (GeoJSON) that has the same ICBs.
with features as (
    select unnest(features) as feature
    from read_json(
        $boundaries,
        format = 'unstructured',
        columns = {features: 'json[]'}
    )
),

outlines as (
    select
        feature ->> '$.properties.icb_code' as icb_code,
        feature -> 'geometry' as geometry
    from features
),

scores as (
    select
        scores.*,
        compliance.outcome
    from marts.agg_icb_scores as scores
    left join marts.fct_compliance as compliance
        on
            scores.snapshot_date = compliance.snapshot_date
            and scores.icb_code = compliance.organisation_code
    where scores.snapshot_date = (select max(snapshot_date) from marts.dim_snapshots)
)

select
    scores.icb_code as id,
    outlines.geometry,
    scores as properties
from scores
left join outlines on scores.icb_code = outlines.icb_code
