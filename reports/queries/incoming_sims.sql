-- What each SIM received in the period, who wrote, and which of them asked for no more messages.
-- Grain: one row per phone and SIM with incoming messages, the busiest first. Reads: messages, incoming_daily,
-- devices
with

replied as (
    select device_id, sim, sum(replies) as replies
    from incoming_daily
    where day between $first and $last and ($device::bigint is null or device_id = $device::bigint)
    group by device_id, sim
),

counted as (
    select
        device_id,
        sim,
        count(*) as messages,
        count(distinct recipient_key) as senders,
        count(stop_word) as stops
    from messages
    where
        direction = 'incoming'
        and gone_at is null
        and day between $first and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by device_id, sim
),

final as (
    select
        counted.*,
        devices.title,
        coalesce(replied.replies, 0)::bigint as replies
    from counted
    left join devices on counted.device_id = devices.device_id
    left join replied
        on
            counted.device_id is not distinct from replied.device_id
            and counted.sim is not distinct from replied.sim
    order by counted.messages desc, counted.device_id, counted.sim
)

select * from final
