-- The failures of each day of the period by code.
-- Grain: one row per day and failure code with at least one failure. Reads: failures_daily
with

final as (
    select day, code, sum(messages)::bigint as messages
    from failures_daily
    where day between $first and $last and ($device::bigint is null or device_id = $device::bigint)
    group by day, code
    order by day, code
)

select * from final
