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

select coalesce(expected.day, found.day) as day, expected.failures, found.failures as counted
from expected
full join found on expected.day = found.day
where expected.failures is distinct from found.failures
