-- Every figure that the former page showed, with our reason for a difference, if we have one.
-- Grain: one row per published figure.
with figures as (
    select * from {{ ref('published_figures') }}
),

differences as (
    select * from {{ ref('published_differences') }}
)

select
    figures.publication,
    figures.snapshot_date,
    figures.figure,
    figures.organisation_type,
    figures.icb_code,
    figures.outcome,
    figures.published,
    differences.reason
from figures
left join differences
    on
        figures.publication = differences.publication
        and figures.figure = differences.figure
        and coalesce(figures.organisation_type, '') = coalesce(differences.organisation_type, '')
        and coalesce(figures.icb_code, '') = coalesce(differences.icb_code, '')
        and coalesce(figures.outcome, '') = coalesce(differences.outcome, '')
