-- Messages have a status that nobody has documented: they count in the traffic, as neither success nor
-- failure.
-- Reads: marts.messages
select message_id, status
from marts.messages
where outcome = 'unknown' and gone_at is null
