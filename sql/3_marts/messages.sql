-- Every message of the account, one row each: what became of it, when, by which phone, for whom.
-- Grain: one row per message.
-- Key: message_id
-- Refresh: by message
-- Reads: core.messages
with

final as (
    select
        ---------- ids
        message_id,
        if(outcome = 'incoming', 'incoming', 'outgoing') as direction,
        ---------- outcome
        status,
        status_title,
        outcome,
        if(outcome in ('undelivered', 'failed'), status, null) as failure_code,
        ---------- who and what
        device_id,
        sim,
        sim_carrier,
        customer_id,
        newsletter_id,
        newsletter_title,
        shown(address) as recipient,
        keyed(address) as recipient_key,
        recipient_country,
        ---------- times
        created_at,
        due_at,
        due_at at time zone getvariable('timezone') as due_local,
        sent_at,
        sent_at at time zone getvariable('timezone') as sent_local,
        day,
        first_seen_at,
        if(is_final, status_not_after, null) as settled_at,
        gone_at,
        ---------- booleans
        coalesce(
            outcome = 'open'
            and gone_at is null
            and due_at + to_hours(getvariable('settle_hours')) < getvariable('data_until'),
            false
        ) as is_stuck,
        is_time_ambiguous,
        is_urgent,
        ---------- the text
        body_length,
        body,
        stop_word
    from core.messages
)

select * from final
