-- The spellings of recipients that were never normalised, with the country of the sending phone.
-- Grain: one row per spelling and region.
-- Reads: staging.message_versions, staging.sim_versions, lookup.recipients
with

regions as (
    select device_id, arg_max(country, version) as region
    from staging.sim_versions
    where slot = 0 or country is not null
    group by device_id
),

met as (
    select distinct versions.sendto, coalesce(regions.region, '') as region
    from staging.message_versions as versions
    left join regions on versions.device_id = regions.device_id
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
