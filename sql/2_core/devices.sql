-- Every device ever listed, or met in a message, as it was last said to be.
-- Grain: one row per device.
-- Key: device_id
-- Reads: staging.device_versions, staging.message_versions, staging.sim_versions
with

latest as (
    select *
    from staging.device_versions
    qualify row_number() over (partition by device_id order by version_id desc) = 1
),

sims as (
    select version_id, count(*) as sims, arg_min(country, slot) as country
    from staging.sim_versions
    group by version_id
),

met as (
    select device_id, min(first_seen_at) as first_seen_at
    from (
        select device_id, first_seen_at from staging.device_versions
        union all
        select device_id, first_seen_at from staging.message_versions
    ) as sightings
    where device_id is not null
    group by device_id
),

final as (
    select
        met.device_id,
        latest.* exclude (device_id, version_id, first_seen_at),
        coalesce(sims.sims, 0) as sims,
        sims.country,
        latest.device_id is not null as is_listed,
        met.first_seen_at
    from met
    left join latest on met.device_id = latest.device_id
    left join sims on latest.version_id = sims.version_id
)

select * from final
