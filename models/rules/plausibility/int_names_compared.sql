-- Whether the name that an export shows for an ODS code belongs to that code. It does if it contains the code. It also
-- does if it shares a distinctive word with a name of that code in ODS: a word that at most ten other codes have in
-- their names. Nearly all names pass; a few organisations were renamed. A column that slipped by a line gives most
-- codes the name of another.
-- Grain: one row per organisation of ODS and run of snapshots that show it with the same row.
{% set capitals = "translate(upper(organisation_name), '.,()-/&', '       ')" %}
with assessments as (
    select * from {{ ref('int_assessments_parsed') }}
),

releases as (
    select * from {{ ref('int_organisation_releases') }}
),

listed_words as (
    select
        organisation_code,
        {{ words_of(capitals) }}
    from releases
),

own_words as (
    select distinct
        organisation_code,
        word
    from listed_words
),

common_words as (
    select word
    from own_words
    group by word
    having count(*) > 10 or word = ''
),

exported_words as (
    select
        organisation_code,
        first_snapshot_date,
        last_snapshot_date,
        {{ words_of(capitals) }}
    from assessments
    where organisation_code in (select releases.organisation_code from releases)
)

select
    exported_words.organisation_code,
    exported_words.first_snapshot_date,
    exported_words.last_snapshot_date,
    count(
        case when exported_words.word = exported_words.organisation_code or own_words.word is not null then 1 end
    ) > 0 as is_own_name
from exported_words
left join common_words on exported_words.word = common_words.word
left join own_words
    on exported_words.organisation_code = own_words.organisation_code and exported_words.word = own_words.word
where common_words.word is null
group by
    exported_words.organisation_code, exported_words.first_snapshot_date, exported_words.last_snapshot_date
