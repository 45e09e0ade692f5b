-- Append the versions of a batch that differ from the ones before them. Reads: arrivals.
insert into raw.messages by name
select
    message_id,
    payload,
    payload_hash,
    call_id,
    answered_at as first_seen_at,
    previous_seen_at
from arrivals
where is_new
order by asked_at, message_id
