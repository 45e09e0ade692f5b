-- The abandoned tag of a title that a plan has sent people to, if there is one.
select tag.*
from tag
where
    tag.title_key = ?
    and tag.state = 'abandoned'
    and exists (
        select 1
        from contact
        where
            contact.tag_id = tag.id
            and (
                contact.first_run in (select id from run where plan = ?)
                or contact.last_run in (select id from run where plan = ?)
            )
    )
order by tag.id desc
limit 1
