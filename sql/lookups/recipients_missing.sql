-- The spellings of recipients that were never normalised, with the country of the sending phone.
-- Grain: one row per spelling and region.
-- Reads: staging.message_versions, lookup.regions, lookup.recipients
with

met as (
    select distinct versions.sendto, coalesce(regions.region, '') as region
    from staging.message_versions as versions
    left join lookup.regions as regions on versions.device_id = regions.device_id
    where versions.sendto is not null
),

final as (
    select met.*
    from met
    anti join lookup.recipients as known
        on met.sendto = known.sendto and met.region = known.region
    order by met.sendto, met.region
)

select * from final
