-- Every message id stands once in messages. Reads: marts.messages
select message_id, count(*) as copies
from marts.messages
group by message_id
having count(*) <> 1 or message_id is null
