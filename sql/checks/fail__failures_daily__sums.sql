-- The failures of a day are its undelivered and failed messages.
-- Reads: marts.delivery_daily, marts.failures_daily
with

expected as (
    select day, sum(undelivered + failed) as failures
    from marts.delivery_daily
    group by day
    having failures > 0
),

found as (
    select day, sum(messages) as failures
    from marts.failures_daily
    group by day
)

select *
from expected
full join found using (day)
where expected.failures is distinct from found.failures
