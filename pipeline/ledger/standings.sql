-- How people stand under the tag in use of a title; where the plan itself has sent them, how that went.
select contact.e164, contact.state, contact.reason
from json_each(:asked) as asked
inner join contact on asked.value = contact.e164
inner join tag on contact.tag_id = tag.id
where
    tag.title_key = :title_key
    and (
        tag.state <> 'abandoned'
        or contact.first_run in (select id from run where plan = :plan)
        or contact.last_run in (select id from run where plan = :plan)
    )
order by
    coalesce(contact.first_run in (select id from run where plan = :plan), false)
    or coalesce(contact.last_run in (select id from run where plan = :plan), false),
    contact.tag_id
