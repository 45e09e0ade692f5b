-- Every message has one of the seven outcomes, a direction that fits it, a day and a time.
-- Reads: marts.messages
select message_id, outcome, direction, day
from marts.messages
where
    day is null
    or due_at is null
    or coalesce(
        outcome not in ('delivered', 'sent', 'undelivered', 'failed', 'open', 'incoming', 'unknown'), true
    )
    or (outcome = 'incoming') <> (direction = 'incoming')
    or (failure_code is not null) <> (outcome in ('undelivered', 'failed'))
