-- Under which other tags that are in use a newsletter would reach these numbers.
select contact.e164, tag.title
from json_each(?) as asked
inner join contact on asked.value = contact.e164
inner join tag on contact.tag_id = tag.id
where contact.state in ('saved', 'in_doubt') and tag.state <> 'abandoned' and tag.id <> ?
order by contact.e164, tag.title
