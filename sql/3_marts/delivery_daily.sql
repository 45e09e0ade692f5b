-- How the messages of a day fared, by the phone and SIM that had to send them.
-- Grain: one row per day, device and SIM with at least one outgoing message.
-- Reads: core.messages
-- Note: a rate is null where its denominator is 0, never 0 or 1.
with

counted as (
    select
        day,
        device_id,
        sim,
        count(*) filter (where gone_at is null) as outgoing,
        count(*) filter (where outcome = 'delivered' and gone_at is null) as delivered,
        count(*) filter (where outcome = 'sent' and gone_at is null) as sent,
        count(*) filter (where outcome = 'undelivered' and gone_at is null) as undelivered,
        count(*) filter (where outcome = 'failed' and gone_at is null) as failed,
        count(*) filter (where outcome = 'open' and gone_at is null) as open,
        count(*) filter (where outcome = 'unknown' and gone_at is null) as unknown,
        count(*) filter (where gone_at is not null) as gone,
        count(distinct address) filter (where gone_at is null) as recipients
    from core.messages
    where outcome <> 'incoming'
    group by day, device_id, sim
),

final as (
    select
        *,
        delivered / nullif(outgoing, 0) as delivery_rate,
        wilson_low(delivered, outgoing) as delivery_rate_low,
        wilson_high(delivered, outgoing) as delivery_rate_high,
        (delivered + sent)
        / nullif(delivered + sent + undelivered + failed, 0) as success_rate,
        wilson_low(
            delivered + sent, delivered + sent + undelivered + failed
        ) as success_rate_low,
        wilson_high(
            delivered + sent, delivered + sent + undelivered + failed
        ) as success_rate_high,
        delivered / nullif(delivered + undelivered, 0) as confirmed_rate,
        (delivered + undelivered)
        / nullif(delivered + sent + undelivered, 0) as receipt_coverage,
        (undelivered + failed) / nullif(outgoing, 0) as failure_rate,
        open / nullif(outgoing, 0) as open_share
    from counted
    where outgoing > 0
    order by day, device_id, sim
)

select * from final
