-- Every message has one of the seven outcomes, and a day. Reads: marts.messages
select message_id, outcome, day
from marts.messages
where
    day is null
    or coalesce(
        outcome not in (
            'delivered', 'sent', 'undelivered', 'failed', 'open', 'incoming', 'unknown'
        ),
        true
    )
