-- How many messages of a newsletter ($id) each recipient has.
select recipient_key, count(*) as messages
from messages
where newsletter_id = $id and direction = 'outgoing' and recipient_key is not null
group by recipient_key
