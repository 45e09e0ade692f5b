-- Whom a newsletter to some tags reaches, how often, and whether somebody knows that they are there.
select
    contact.e164,
    count(*) as times,
    sum(contact.state = 'in_doubt') as doubts
from contact
where
    contact.tag_id in (select value from json_each(?))
    and contact.state in ('saved', 'in_doubt', 'sent')
group by contact.e164
