-- The open messages of the period that should have gone by now, by phone: how long they have waited.
-- Grain: one row per device with open messages due before the data end. Reads: messages, snapshot_info
with

now as (
    select coalesce(data_until, built_at) at time zone timezone as until_local
    from snapshot_info
),

final as (
    select
        messages.device_id,
        count(*) as messages,
        count(*) filter (where messages.due_local < now.until_local - interval 1 hour) as late,
        count(*) filter (where messages.is_stuck) as stuck,
        epoch(max(now.until_local) - min(messages.due_local)) as oldest_seconds
    from messages
    cross join now
    where
        messages.outcome = 'open'
        and messages.gone_at is null
        and messages.day between $first and $last
        and messages.due_local < now.until_local
        and ($device::bigint is null or messages.device_id = $device::bigint)
    group by messages.device_id
    order by messages.device_id
)

select * from final
