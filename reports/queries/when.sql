-- How messages fared by the weekday and hour at which they were due, in the reporting zone.
-- Grain: one row per weekday (1 is Monday) and hour with messages. Reads: messages
with

final as (
    select
        isodow(due_local)::bigint as weekday,
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
    order by weekday, hour
)

select * from final
