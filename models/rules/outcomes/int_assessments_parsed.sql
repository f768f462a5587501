-- The edition and outcome of each exported status (R1). A label or edition that no rule knows, or a date that is none,
-- stops the build here, because a later default would turn it into a valid answer in silence.
-- Grain: one row per snapshot and organisation of the export, every sector.
with statuses as (
    select * from {{ ref('int_statuses_split') }}
),

labels as (
    select * from {{ ref('dspt_status_labels') }}
),

editions as (
    select * from {{ ref('int_editions') }}
),

sectors as (
    select * from {{ ref('dspt_sectors') }}
),

matched as (
    select
        statuses.*,
        labels.outcome,
        editions.edition as known_edition,
        sectors.sector as known_sector
    from statuses
    left join labels on statuses.label = labels.label
    left join editions on statuses.edition = editions.edition
    left join sectors on statuses.sector_as_exported = sectors.sector_as_exported
),

problems as (
    select
        concat_ws(
            '', source_file, ' has the status "', coalesce(left(status, 80), '(blank)'), '" in ', count(*),
            ' row(s): no rule knows its ',
            case
                when outcome is null then 'label; if it is right, add it to seeds/dspt/dspt_status_labels.csv.'
                when edition is null then 'edition, for it has no year before it; download the file again.'
                else 'edition; if it is right, add it to seeds/dspt/dspt_editions.csv.'
            end
        ) as problem
    from matched
    where outcome is null or (outcome != 'Not Published' and known_edition is null)
    group by source_file, status, outcome, edition

    union all

    select
        concat_ws(
            '', source_file, ' has the date "', left(published_on_text, 80), '" in ', count(*), ' row(s) (first: ',
            min(organisation_code), '), which is no day of the form dd/mm/yyyy: put it right from the portal.'
        ) as problem
    from matched
    where form = 'portal' and published_on_text is not null and published_on is null
    group by source_file, published_on_text
)

select
    snapshot_date,
    organisation_code,
    organisation_name,
    sector_as_exported,
    coalesce(known_sector, sector_as_exported, 'No Sector Identified') as sector,
    commissioner_as_exported,
    status,
    case when outcome != 'Not Published' then edition end as edition,
    outcome,
    published_on,
    published_on_text
from matched
where {{ no_row_in('problems') }}
