-- How each phone was set up over time, as sync saw it: for joins as of a message's time.
-- Grain: one row per device and stretch of time in which nothing but its last sign of life changed.
-- Key: device_id, valid_from
-- Reads: staging.device_versions
-- Note: what held before the first stretch was never seen; the last stretch of a device has no end.
with

marked as (
    select
        *,
        lag(version_id) over earlier is null
        or row(
            title, number, imei, serial_number, app_version, is_app_version_actual,
            delay_between_sms, delay_between_requests, has_subscription, created_at
        ) is distinct from lag(
            row(
                title, number, imei, serial_number, app_version, is_app_version_actual,
                delay_between_sms, delay_between_requests, has_subscription, created_at
            )
        ) over earlier as is_start
    from staging.device_versions
    window earlier as (partition by device_id order by version_id)
),

final as (
    select
        device_id,
        first_seen_at as valid_from,
        lead(first_seen_at) over (partition by device_id order by version_id) as valid_to,
        title,
        shown(number) as number,
        shown_ends(imei) as imei,
        shown_ends(serial_number) as serial_number,
        app_version,
        is_app_version_actual,
        delay_between_sms,
        delay_between_requests,
        has_subscription
    from marked
    where is_start
    order by device_id, version_id
)

select * from final
