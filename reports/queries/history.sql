-- How the messages of each day fared, from 28 days before the period to its end: what is usual.
-- Grain: one row per day, quiet days too. Reads: days, delivery_daily
with

asked as (
    select unnest(generate_series($history_first::date, $last::date, interval 1 day))::date as day
),

counted as (
    select
        day,
        sum(outgoing) as outgoing,
        sum(delivered) as delivered,
        sum(sent) as sent,
        sum(undelivered) as undelivered,
        sum(failed) as failed,
        sum(open) as open,
        sum(unknown) as unknown
    from delivery_daily
    where
        day between $history_first and $last
        and ($device::bigint is null or device_id = $device::bigint)
    group by day
),

final as (
    select
        asked.day,
        coalesce(days.is_proven, false) as is_proven,
        coalesce(counted.outgoing, 0)::bigint as outgoing,
        coalesce(counted.delivered, 0)::bigint as delivered,
        coalesce(counted.sent, 0)::bigint as sent,
        coalesce(counted.undelivered, 0)::bigint as undelivered,
        coalesce(counted.failed, 0)::bigint as failed,
        coalesce(counted.open, 0)::bigint as open,
        coalesce(counted.unknown, 0)::bigint as unknown
    from asked
    left join counted on asked.day = counted.day
    left join days on asked.day = days.day
    order by asked.day
)

select * from final
