-- How each phone fared in the period by the local hour at which messages were due.
-- Grain: one row per phone and hour with messages. Reads: messages
with

final as (
    select
        device_id,
        hour(due_local)::bigint as hour,
        count(*) as outgoing,
        count(failure_code) as lost
    from messages
    where
        direction = 'outgoing'
        and gone_at is null
        and day between $first and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by all
    order by device_id, hour
)

select * from final
