-- What came of the call: only a contact that was sent has an outcome.
update contact
set state = ?, reason = ?, contact_id = ?, answered_at = ?
where tag_id = ? and e164 = ? and state = 'sent'
