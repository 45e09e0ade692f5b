-- How the messages of a day fared, by the account's own customers.
-- Grain: one row per day and customer with at least one outgoing message; null is no customer.
-- Key: day, customer_id
-- Refresh: by day
-- Reads: core.messages
with

counted as (
    select day, customer_id, tally(outcome, gone_at, address) as tally
    from core.messages
    where outcome <> 'incoming'
    group by day, customer_id
),

rated as (
    select day, customer_id, tally, rates(tally) as rates
    from counted
    where tally.outgoing > 0
),

final as (
    select day, customer_id, tally.*, rates.*
    from rated
    order by day, customer_id
)

select * from final
