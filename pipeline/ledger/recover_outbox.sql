-- The calls of a process that ended before it knew what came of them; one row for each sending.
insert into outbox_call (sending_id, first_id, messages, sent_at, outcome, message)
select sending_id, min(customer_id), count(*), sent_at, 'in_doubt', ?
from outbox
where state = 'sent'
group by sending_id, sent_at
