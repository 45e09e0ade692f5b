-- How the last 28 days went on each phone.
-- Grain: one row per phone and day with messages that ended. Reads: delivery_daily
with

final as (
    select
        device_id,
        ($last::date - day)::bigint as age,
        sum(delivered + sent)::bigint as good,
        sum(undelivered + failed)::bigint as lost
    from delivery_daily
    where
        day between $last::date - 27 and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by device_id, day
    having good + lost > 0
    order by device_id, age
)

select * from final
