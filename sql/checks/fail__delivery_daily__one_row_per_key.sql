-- A day, device and SIM stand once in delivery_daily. Reads: marts.delivery_daily
select day, device_id, sim, count(*) as copies
from marts.delivery_daily
group by day, device_id, sim
having count(*) <> 1
