-- The intent: from here on the call may have been made. One row, or the call must not be made.
update contact
set
    state = 'sent',
    name = ?,
    attempts = attempts + 1,
    reason = null,
    last_run = ?,
    sent_at = ?,
    answered_at = null
where tag_id = ? and e164 = ? and state = ?
