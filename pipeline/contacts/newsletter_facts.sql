-- How many messages a newsletter ($id) has, since when, and whether all of them are proven to be here:
-- those that are still being made come within the hour.
with

sent as (
    select
        count(*) as messages,
        min(created_at) as begin_at,
        max(created_at) + interval 1 hour as end_at
    from messages
    where newsletter_id = $id and direction = 'outgoing'
)

select
    messages,
    strftime(begin_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%S') as begin_at,
    coalesce(
        (select max(coverage.end_at) filter (coverage.is_proven) from coverage) >= sent.end_at
        and not exists (
            from coverage
            where not is_proven and coverage.end_at > sent.begin_at and coverage.begin_at < sent.end_at
        ),
        false
    ) as is_proven
from sent
