-- The messages of the period and of the compared period, both up to the same elapsed part.
-- Grain: one row per period. Reads: delivery_daily, messages
-- Note: whole days come from the table of days; only a day that is not over is counted message by message.
with

parts as (
    select 'now' as part, $first::date as first, $until::timestamp as until
    union all
    select 'before' as part, $before_first::date as first, $before_until::timestamp as until
),

whole as (
    select
        parts.part,
        sum(daily.outgoing) as outgoing,
        sum(daily.delivered) as delivered,
        sum(daily.sent) as sent,
        sum(daily.undelivered) as undelivered,
        sum(daily.failed) as failed,
        sum(daily.open) as open,
        sum(daily.unknown) as unknown
    from delivery_daily as daily
    inner join parts on daily.day >= parts.first and daily.day < parts.until::date
    where $device::bigint is null or daily.device_id = $device::bigint
    group by parts.part
),

begun as (
    select
        parts.part,
        count(*) as outgoing,
        count(*) filter (where messages.outcome = 'delivered') as delivered,
        count(*) filter (where messages.outcome = 'sent') as sent,
        count(*) filter (where messages.outcome = 'undelivered') as undelivered,
        count(*) filter (where messages.outcome = 'failed') as failed,
        count(*) filter (where messages.outcome = 'open') as open,
        count(*) filter (where messages.outcome = 'unknown') as unknown
    from messages
    inner join parts
        on
            messages.day = parts.until::date
            and messages.day >= parts.first
            and messages.due_local < parts.until
    where
        messages.direction = 'outgoing'
        and messages.gone_at is null
        and messages.day in ($until::date, $before_until::date)
        and ($device::bigint is null or messages.device_id = $device::bigint)
    group by parts.part
),

final as (
    select
        part,
        sum(outgoing)::bigint as outgoing,
        sum(delivered)::bigint as delivered,
        sum(sent)::bigint as sent,
        sum(undelivered)::bigint as undelivered,
        sum(failed)::bigint as failed,
        sum(open)::bigint as open,
        sum(unknown)::bigint as unknown
    from (from whole union all by name from begun)
    group by part
    order by part
)

select * from final
