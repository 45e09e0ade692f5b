-- How the messages of a day fared, by the newsletter that they belong to.
-- Grain: one row per day and newsletter with at least one outgoing message; null is no newsletter.
-- Key: day, newsletter_id
-- Refresh: by day
-- Reads: core.messages
with

counted as (
    select day, newsletter_id, tally(outcome, gone_at, address) as tally
    from core.messages
    where outcome <> 'incoming'
    group by day, newsletter_id
),

rated as (
    select day, newsletter_id, tally, rates(tally) as rates
    from counted
    where tally.outgoing > 0
),

final as (
    select day, newsletter_id, tally.*, rates.*
    from rated
    order by day, newsletter_id
)

select * from final
