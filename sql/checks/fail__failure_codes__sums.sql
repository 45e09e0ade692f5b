-- There are seven failure codes, and their messages are those of failures_daily.
-- Reads: marts.failure_codes, marts.failures_daily
with

found as (
    select count(*) as codes, sum(messages) as messages
    from marts.failure_codes
),

expected as (
    select coalesce(sum(messages), 0) as messages
    from marts.failures_daily
)

select found.codes, found.messages, expected.messages as expected_messages
from found
cross join expected
where found.codes <> 7 or found.messages <> expected.messages
