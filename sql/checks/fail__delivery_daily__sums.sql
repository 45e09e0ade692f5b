-- The outcomes of a day add up to its outgoing messages, and to those in messages.
-- Reads: marts.delivery_daily, marts.messages
with

expected as (
    select day, count(*) as outgoing
    from marts.messages
    where direction = 'outgoing' and gone_at is null
    group by day
),

found as (
    select
        day,
        sum(outgoing) as outgoing,
        sum(delivered + sent + undelivered + failed + open + unknown) as parts
    from marts.delivery_daily
    group by day
)

select coalesce(expected.day, found.day) as day, expected.outgoing, found.parts
from expected
full join found on expected.day = found.day
where
    expected.outgoing is distinct from found.outgoing
    or found.parts is distinct from found.outgoing
