-- The data end more than a day before this file was built: the gateway was not reached, or not heard out.
-- Reads: marts.snapshot_info
select built_at, data_until
from marts.snapshot_info
where data_until is null or data_until < built_at - interval 26 hours
