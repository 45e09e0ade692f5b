-- Messages of the last thirty days whose time could be another: the hour that occurs twice, an unclear zone.
-- Reads: marts.messages, marts.snapshot_info
select messages.message_id
from marts.messages as messages
cross join marts.snapshot_info as info
where messages.is_time_ambiguous and messages.day >= info.built_at::date - 30
