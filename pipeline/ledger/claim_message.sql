-- The intent: from here on the call may have been made. One row, or the call must not be made.
insert into outbox (customer_id, sending_id, e164, text_key, device_id, due, state, attempts, sent_at)
values (:customer_id, :sending_id, :e164, :text_key, :device_id, :due, 'sent', 1, :now)
on conflict (customer_id) do update
set state = 'sent', attempts = attempts + 1, reason = null, sent_at = :now, answered_at = null
where state = 'pending' and sending_id = :sending_id and text_key = :text_key
