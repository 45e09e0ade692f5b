-- The call itself, in the words of the contact that it was for.
insert into attempt (tag_id, e164, n, sent_at, answered_at, outcome, http_status, message, ms)
select tag_id, e164, attempts, sent_at, ?, ?, ?, ?, ?
from contact
where tag_id = ? and e164 = ?
