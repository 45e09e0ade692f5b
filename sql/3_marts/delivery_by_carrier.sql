-- How the messages of a day fared, by the network operator of the sending SIM.
-- Grain: one row per day and operator with at least one outgoing message; null where it is not known.
-- Key: day, sim_carrier
-- Refresh: by day
-- Reads: core.messages
with

counted as (
    select day, sim_carrier, tally(outcome, gone_at, address) as tally
    from core.messages
    where outcome <> 'incoming'
    group by day, sim_carrier
),

rated as (
    select day, sim_carrier, tally, rates(tally) as rates
    from counted
    where tally.outgoing > 0
),

final as (
    select day, sim_carrier, tally.*, rates.*
    from rated
    order by day, sim_carrier
)

select * from final
