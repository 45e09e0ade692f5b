-- The messages are those of raw, through staging: none lost, none made up.
-- Reads: raw.messages, staging.message_versions, marts.messages
select message_id, 'not staged' as complaint
from raw.messages
where message_id not in (select message_id from staging.message_versions)
union
select message_id, 'not published' as complaint
from raw.messages
where message_id not in (select message_id from marts.messages)
union
select message_id, 'not in raw' as complaint
from marts.messages
where message_id not in (select message_id from raw.messages)
