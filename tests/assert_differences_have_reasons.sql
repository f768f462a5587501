-- Why: the page that this project replaces had errors that nobody could see. A published figure that differs from ours
-- must have a reason that a reader can check, in seeds/published/published_differences.csv.
with figures as (
    select * from {{ ref('rec_published_figures') }}
),

problems as (
    select
        concat_ws(
            '', publication, ', ', figure, ' of ', concat_ws(' ', organisation_type, icb_code, outcome),
            ': published ', published, ', computed ', coalesce(cast(computed as string), 'nothing'),
            ', and seeds/published/published_differences.csv has no reason'
        ) as problem
    from figures
    where (difference != 0 or computed is null) and reason is null
)

select 'reason missing' as problem
where not {{ no_row_in('problems') }}
