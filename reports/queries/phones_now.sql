-- How each phone does now: its state, and since when it is silent.
-- Grain: one row per device. Reads: devices, device_health
with

final as (
    select
        devices.device_id,
        devices.title,
        devices.is_listed,
        health.state,
        health.likely_cause,
        health.first_action,
        health.silent_for::double as silent_seconds
    from devices
    inner join device_health as health on devices.device_id = health.device_id
    where $device::bigint is null or devices.device_id = $device::bigint
    order by devices.device_id
)

select * from final
