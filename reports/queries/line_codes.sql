-- Day by day, the failures of each SIM by code.
-- Grain: one row per device, SIM and code; its days, counted from $history_first, are lists.
-- Reads: failures_daily
with

final as (
    select
        device_id,
        sim,
        code,
        list((day - $history_first::date)::integer order by day) as places,
        list(messages order by day) as messages
    from failures_daily
    where
        day between $history_first and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by device_id, sim, code
    order by device_id, sim, code
)

select * from final
