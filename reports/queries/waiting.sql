-- The open messages of the period that should have gone by now, by phone.
-- Grain: one row per device with open messages due before the data end. Reads: messages
with

final as (
    select
        messages.device_id,
        count(*) as messages,
        count(*) filter (
            where messages.due_local < $until::timestamp - interval 1 hour
        ) as late,
        count(*) filter (where messages.is_stuck) as stuck,
        epoch($until::timestamp - min(messages.due_local)) as oldest_seconds
    from messages
    where
        messages.outcome = 'open'
        and messages.gone_at is null
        and messages.day between $first and $last
        and messages.due_local < $until::timestamp
        and ($device::bigint is null or messages.device_id = $device::bigint)
    group by messages.device_id
    order by messages.device_id
)

select * from final
