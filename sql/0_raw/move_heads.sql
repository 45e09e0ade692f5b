-- Keep for each message of a batch which version is the latest, where it stands, and who showed it.
-- Grain: one row per message. Reads: arrivals, placed.
-- Note: a message that had vanished and is shown again is there again.
merge into raw.message_heads as heads
using (
    select
        seen.message_id,
        seen.payload_hash,
        seen.asked_at,
        seen.call_id,
        placed.* exclude (message_id),
        placed.message_id is not null as is_new
    from arrivals as seen
    left join placed on seen.message_id = placed.message_id
    where seen.is_last
) as latest
on heads.message_id = latest.message_id
when matched and latest.is_new then update set
    payload_hash = latest.payload_hash,
    status = latest.status,
    device_id = latest.device_id,
    sim = latest.sim,
    customer_id = latest.customer_id,
    created_at = latest.created_at,
    due_at = latest.due_at,
    scheduled_at = latest.scheduled_at,
    sent_at = latest.sent_at,
    is_sure = latest.is_sure,
    asked_at = latest.asked_at,
    call_id = latest.call_id,
    gone_at = null
when matched then update set
    asked_at = latest.asked_at,
    call_id = latest.call_id,
    gone_at = null
when not matched then insert (
    message_id, payload_hash, status, device_id, sim, customer_id,
    created_at, due_at, scheduled_at, sent_at, is_sure, asked_at, call_id
) values (
    latest.message_id, latest.payload_hash, latest.status, latest.device_id, latest.sim,
    latest.customer_id, latest.created_at, latest.due_at, latest.scheduled_at, latest.sent_at,
    latest.is_sure, latest.asked_at, latest.call_id
)
