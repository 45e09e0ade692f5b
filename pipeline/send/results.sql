-- What became of the messages of a sending, by the numbers of our own that they have.
select message_id, customer_id, status, outcome, due_at, sent_at, gone_at
from messages
where customer_id between $first and $last and direction = 'outgoing'
order by customer_id, message_id
