-- Which of many numbers are known under a tag. A cross join keeps the order: one search by key for
-- each number that is asked for, where an inner join reads the whole tag.
select contact.*
from json_each(?) as asked
cross join contact on asked.value = contact.e164
where contact.tag_id = ?
