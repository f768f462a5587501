-- The software that built these tables.
-- Grain: one row per piece of software.
select
    'dbt-core' as software,
    '{{ dbt_version }}' as version

union all

select
    '{{ target.type }}' as software,
    version() as version
