-- How the messages of each hour of a short period fared; the local hour that comes twice is one.
-- Grain: one row per hour with messages. Reads: messages
with

final as (
    select
        date_trunc('hour', due_local) as step,
        count(*) as outgoing,
        count(*) filter (where outcome = 'delivered') as delivered,
        count(*) filter (where outcome = 'sent') as sent,
        count(*) filter (where outcome = 'undelivered') as undelivered,
        count(*) filter (where outcome = 'failed') as failed,
        count(*) filter (where outcome = 'open') as open,
        count(*) filter (where outcome = 'unknown') as unknown
    from messages
    where
        direction = 'outgoing'
        and gone_at is null
        and day between $first and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by step
    order by step
)

select * from final
