-- Headquarters of the trusts of the newest snapshot with their outcome. A trust without
-- coordinates is a feature without a geometry: none is left out.
with trusts as (
    select *
    from marts.fct_compliance
    where
        organisation_type = 'NHS Trust'
        and snapshot_date = (select max(snapshot_date) from marts.dim_snapshots)
)

select
    trusts.organisation_code as id,
    case
        when places.latitude is not null and places.longitude is not null
            then json_object(
                'type', 'Point',
                'coordinates', [places.longitude, places.latitude]
            )
    end as geometry,
    trusts as properties
from trusts
left join marts.dim_organisations as places
    on trusts.organisation_code = places.organisation_code
