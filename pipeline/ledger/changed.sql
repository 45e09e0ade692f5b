-- Whose state may have changed since a mark; all of a tag where the number is null. Suppressions have no tag.
select tag.title_key, attempt.e164
from attempt
inner join tag on attempt.tag_id = tag.id
where attempt.id > :attempt and attempt.e164 is not null
union
select tag.title_key, decision.e164
from decision
inner join tag on decision.tag_id = tag.id
where decision.id > :decision
union
select tag.title_key, contact.e164
from contact
inner join tag on contact.tag_id = tag.id
where contact.state = 'sent'
union
select null, e164
from suppression
where rowid > :suppressed or (:is_freed and removed is not null)
