-- The phones of the account, as they were last said to be; identifiers are masked.
-- Grain: one row per device ever listed or met in a message.
-- Key: device_id
-- Reads: core.devices
with

final as (
    select
        device_id,
        title,
        shown(number) as number,
        shown_ends(imei) as imei,
        shown_ends(serial_number) as serial_number,
        created_at,
        last_seen_at,
        app_version,
        is_app_version_actual,
        delay_between_sms,
        delay_between_requests,
        has_subscription,
        sims,
        country,
        is_listed,
        first_seen_at
    from core.devices
    order by device_id
)

select * from final
