-- The phone of every message is in devices, with its health.
-- Reads: marts.device_health, marts.devices, marts.messages
select distinct messages.device_id
from marts.messages as messages
left join marts.devices as devices on messages.device_id = devices.device_id
left join marts.device_health as health on messages.device_id = health.device_id
where messages.device_id is not null and (devices.device_id is null or health.device_id is null)
