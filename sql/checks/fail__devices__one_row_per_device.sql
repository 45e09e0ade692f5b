-- Every device stands once in devices, and every message's device is there.
-- Reads: marts.devices, marts.messages
select device_id, count(*) as copies
from marts.devices
group by device_id
having count(*) <> 1
union all
select distinct device_id, 0 as copies
from marts.messages
where device_id is not null and device_id not in (select device_id from marts.devices)
