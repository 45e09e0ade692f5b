-- What came of the call: only a message that was sent has an outcome.
update outbox
set state = ?, reason = ?, sms_id = ?, answered_at = ?
where customer_id = ? and state = 'sent'
