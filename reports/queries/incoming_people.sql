-- How many people wrote in the period, whom of them we never wrote to, and how they asked for no more.
-- Grain: one row. Reads: messages
-- Note: we have written to a number if the snapshot holds an outgoing message to it from before its own.
with

received as (
    select recipient_key, due_at, stop_word
    from messages
    where
        direction = 'incoming'
        and gone_at is null
        and day between $first and $last
        and ($device::bigint is null or device_id = $device::bigint)
),

written as (
    select messages.recipient_key, min(messages.due_at) as first_due_at
    from messages
    semi join received on messages.recipient_key = received.recipient_key
    where messages.direction = 'outgoing' and messages.gone_at is null
    group by messages.recipient_key
),

words as (
    select stop_word as word, count(*) as messages
    from received
    where stop_word is not null
    group by stop_word
),

final as (
    select
        count(*) as messages,
        count(distinct received.recipient_key) as senders,
        count(*) filter (written.first_due_at is null or written.first_due_at > received.due_at) as unmatched,
        count(distinct if(received.stop_word is null, null, received.recipient_key)) as stoppers,
        (select coalesce(list(words order by messages desc, word), []) from words) as words
    from received
    left join written on received.recipient_key = written.recipient_key
)

select * from final
