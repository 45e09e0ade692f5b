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

final as (
    select day, newsletter_id, tally.*, unnest(rates(tally))
    from counted
    where tally.outgoing > 0
    order by day, newsletter_id
)

select * from final
