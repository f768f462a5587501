-- Names as people read them. ODS writes most names in capitals. These are written in title case, word by word, except
-- for words in the seed display_words (NHS, of, Stoke-on-Trent) and codes, which contain digits. A name in mixed case
-- stays as it is.
-- Grain: one row per name.
with names as (
    select organisation_name from {{ ref('int_organisation_releases') }}

    union

    select organisation_name from {{ ref('int_sector_lists') }}
),

words as (
    select
        organisation_name,
        {{ words_of('organisation_name') }}
    from names
),

exceptions as (
    select * from {{ ref('display_words') }}
),

shown as (
    select
        words.organisation_name,
        words.word_position,
        case
            when exceptions.shown_as is not null then exceptions.shown_as
            when translate(words.word, '0123456789', '') != words.word then words.word
            else upper(substring(words.word, 1, 1)) || lower(substring(words.word, 2))
        end as word
    from words
    left join exceptions on words.word = exceptions.word
),

joined as (
    select
        organisation_name,
        {{ joined_in_order('word', 'word_position') }} as display_name
    from shown
    group by organisation_name
)

select
    organisation_name,
    case
        when organisation_name != upper(organisation_name) then organisation_name
        else upper(substring(display_name, 1, 1)) || substring(display_name, 2)
    end as display_name
from joined
