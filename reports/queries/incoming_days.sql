-- What came in on each day of the period, and how many people wrote.
-- Grain: one row per day with incoming messages. Reads: messages, incoming_daily
with

replied as (
    select day, sum(replies) as replies
    from incoming_daily
    where day between $first and $last and ($device::bigint is null or device_id = $device::bigint)
    group by day
),

counted as (
    select
        day,
        count(*) as messages,
        count(distinct recipient_key) as senders,
        count(stop_word) as stops
    from messages
    where
        direction = 'incoming'
        and gone_at is null
        and day between $first and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by day
),

final as (
    select counted.*, coalesce(replied.replies, 0)::bigint as replies
    from counted
    left join replied on counted.day = replied.day
    order by counted.day
)

select * from final
