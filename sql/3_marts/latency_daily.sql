-- How long messages took: from due to sent, and from due to delivered between two bounds.
-- Grain: one row per day and device with at least one outgoing message.
-- Key: day, device_id
-- Refresh: by day
-- Reads: core.messages
-- Note: no time of delivery is told; it lies between the last asking that showed another status and the
--       first that showed delivered. A percentile of the low bounds and one of the high bounds enclose
--       the true one; poll_spacing_p50 says how far apart the two askings mostly were. A message first
--       seen when it could have settled long before says nothing, and is not in delivered_timed.
with

timed as (
    select
        day,
        device_id,
        sent_at is not null as has_sent_time,
        epoch(sent_at) - epoch(due_at) as sent_seconds,
        outcome = 'delivered' as is_delivered,
        is_delivered
        and status_not_after <= due_at + to_hours(getvariable('settle_hours')) as is_timed,
        greatest(epoch(status_not_before) - epoch(due_at), sent_seconds, 0) as low_seconds,
        greatest(epoch(status_not_after) - epoch(due_at), low_seconds) as high_seconds,
        epoch(status_not_after) - epoch(status_not_before) as poll_seconds
    from core.messages
    where outcome <> 'incoming' and gone_at is null
),

final as (
    select
        day,
        device_id,
        count(*) as messages,
        count(*) filter (where has_sent_time) / nullif(count(*), 0) as sent_time_share,
        quantile_cont(sent_seconds, 0.5) as sent_p50,
        quantile_cont(sent_seconds, 0.95) as sent_p95,
        count(*) filter (where is_delivered) as delivered,
        count(*) filter (where is_timed) as delivered_timed,
        quantile_cont(low_seconds, 0.5) filter (where is_timed) as delivered_p50_low,
        quantile_cont(high_seconds, 0.5) filter (where is_timed) as delivered_p50_high,
        quantile_cont(low_seconds, 0.95) filter (where is_timed) as delivered_p95_low,
        quantile_cont(high_seconds, 0.95) filter (where is_timed) as delivered_p95_high,
        quantile_cont(poll_seconds, 0.5) filter (where is_timed) as poll_spacing_p50
    from timed
    group by day, device_id
    order by day, device_id
)

select * from final
