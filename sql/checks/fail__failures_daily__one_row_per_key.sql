-- A day, device, SIM and code stand once in failures_daily. Reads: marts.failures_daily
select day, device_id, sim, code, count(*) as copies
from marts.failures_daily
group by day, device_id, sim, code
having count(*) <> 1
