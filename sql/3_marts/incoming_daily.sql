-- What came in on a day, by the phone and SIM that received it.
-- Grain: one row per day, device and SIM with at least one incoming message.
-- Key: day, device_id, sim
-- Refresh: by day
-- Reads: core.messages
-- Note: a reply is a message from a number that was written to in the 72 hours before.
with

received as (
    select message_id, day, device_id, sim, address, due_at
    from core.messages
    where outcome = 'incoming' and gone_at is null
),

written as (
    select messages.address, messages.due_at
    from core.messages as messages
    semi join received on messages.address = received.address
    where messages.outcome <> 'incoming' and messages.gone_at is null
),

answered as (
    select received.*, written.due_at >= received.due_at - interval 72 hours as is_reply
    from received
    asof left join written
        on received.address = written.address and received.due_at >= written.due_at
),

final as (
    select
        day,
        device_id,
        sim,
        count(*) as messages,
        count(distinct address) as senders,
        count(*) filter (where is_reply) as replies
    from answered
    group by day, device_id, sim
    order by day, device_id, sim
)

select * from final
