-- How the messages of a day fared, by the phone and SIM that had to send them.
-- Grain: one row per day, device and SIM with at least one outgoing message.
-- Key: day, device_id, sim
-- Refresh: by day
-- Reads: core.messages
-- Note: a rate is null where its denominator is 0, never 0 or 1.
with

counted as (
    select day, device_id, sim, tally(outcome, gone_at, address) as tally
    from core.messages
    where outcome <> 'incoming'
    group by day, device_id, sim
),

rated as (
    select day, device_id, sim, tally, rates(tally) as rates
    from counted
    where tally.outgoing > 0
),

final as (
    select day, device_id, sim, tally.*, rates.*
    from rated
    order by day, device_id, sim
)

select * from final
