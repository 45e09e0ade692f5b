-- The statuses of the period that nobody has documented.
-- Grain: one row per status. Reads: messages
with

final as (
    select status, any_value(status_title) as title, count(*) as messages, max(day) as last_day
    from messages
    where
        outcome = 'unknown'
        and gone_at is null
        and day between $first and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by status
    order by messages desc, status
    limit 20
)

select * from final
