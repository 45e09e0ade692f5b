-- Land the messages made. Grain: one row per version. Reads: made, raw.messages.
insert into raw.messages by name
select
    coalesce((select max(version_id) from raw.messages), 0)
    + row_number() over (order by message_id) as version_id,
    message_id,
    payload,
    payload_hash,
    'bench' as call_id,
    created_at + to_minutes(30 * getvariable('version')) as first_seen_at,
    if(getvariable('version') = 1, null, created_at + interval 30 minutes) as previous_seen_at
from made
order by message_id;

insert into raw.unbuilt select message_id from made;

merge into raw.message_heads as heads
using made on heads.message_id = made.message_id
when matched then update set payload_hash = made.payload_hash, status = made.status
when not matched then insert (
    message_id, payload_hash, status, device_id, sim, customer_id, created_at, is_sure, asked_at, call_id
) values (
    made.message_id, made.payload_hash, made.status, made.device_id, made.sim, made.customer_id,
    made.created_at, true, made.created_at, 'bench'
);
