-- Append the devices of a body that differ from the latest version held. Reads: the body, raw.devices.
insert into raw.devices by name
with

received as (
    select
        message_id as device_id,
        payload,
        md5_number(payload) as payload_hash,
        call_id,
        answered_at as first_seen_at
    from read_parquet($files)
    qualify row_number() over (partition by message_id order by asked_at desc) = 1
),

latest as (
    select device_id, payload_hash
    from raw.devices
    qualify row_number() over (partition by device_id order by version_id desc) = 1
)

select
    coalesce((select max(version_id) from raw.devices), 0)
    + row_number() over (order by received.device_id) as version_id,
    received.*
from received
left join latest on received.device_id = latest.device_id
where latest.payload_hash is distinct from received.payload_hash
