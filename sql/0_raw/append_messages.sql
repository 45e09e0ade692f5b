-- Append the versions of a batch that differ from the ones before them. Reads: arrivals, raw.messages.
insert into raw.messages by name
select
    coalesce((select max(version_id) from raw.messages), 0)
    + row_number() over () as version_id,
    message_id,
    payload,
    payload_hash,
    call_id,
    answered_at as first_seen_at,
    previous_seen_at,
    redacted
from arrivals
where is_new
