-- The incoming messages of a day are those in messages.
-- Reads: marts.incoming_daily, marts.messages
with

expected as (
    select day, count(*) as messages
    from marts.messages
    where direction = 'incoming' and gone_at is null
    group by day
),

found as (
    select day, sum(messages) as messages
    from marts.incoming_daily
    group by day
)

select *
from expected
full join found using (day)
where expected.messages is distinct from found.messages
