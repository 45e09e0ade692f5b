-- The calls of a process that ended before it knew what came of them.
insert into attempt (tag_id, e164, n, sent_at, outcome, message)
select tag_id, e164, attempts, sent_at, 'in_doubt', ?
from contact
where state = 'sent'
