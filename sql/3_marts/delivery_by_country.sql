-- How the messages of a day fared, by the country of their recipients.
-- Grain: one row per day and country with at least one outgoing message; null where the number names none.
-- Key: day, recipient_country
-- Refresh: by day
-- Reads: core.messages
with

counted as (
    select day, recipient_country, tally(outcome, gone_at, address) as tally
    from core.messages
    where outcome <> 'incoming'
    group by day, recipient_country
),

rated as (
    select day, recipient_country, tally, rates(tally) as rates
    from counted
    where tally.outgoing > 0
),

final as (
    select day, recipient_country, tally.*, rates.*
    from rated
    order by day, recipient_country
)

select * from final
