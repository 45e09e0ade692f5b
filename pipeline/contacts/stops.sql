-- Who answered by a word that asks for no more messages, since an instant ($since, or null): the last time.
select
    recipient_key,
    arg_max(stop_word, created_at) as stop_word,
    strftime(max(created_at) at time zone 'UTC', '%Y-%m-%dT%H:%M:%S') as said_at,
    count(*) as messages
from messages
where
    direction = 'incoming'
    and stop_word is not null
    and recipient_key is not null
    and list_contains($words, stop_word)
    and ($since::timestamptz is null or created_at >= $since::timestamptz)
group by recipient_key
order by said_at, recipient_key
