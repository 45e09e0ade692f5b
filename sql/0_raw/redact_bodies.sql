-- Put stars in the place of the texts of some versions; the hash stays that of the record as it came.
-- Grain: one row per version from $first to $last. Reads: old_bodies, raw.messages.
-- Note: a record that is no JSON told the tables nothing, and goes as a whole.
with

typed as (
    select
        version_id,
        payload,
        json_transform(
            if(json_valid(payload), payload, '{}'), '{"body": "VARCHAR", "status": "VARCHAR"}'
        ) as said
    from raw.messages as messages
    semi join old_bodies on messages.version_id = old_bodies.version_id
    where version_id between $first and $last
),

spoken as (
    select *, if(trim(said.status) = '5', plain_words(said.body), []) as words
    from typed
),

starred as (
    select
        spoken.version_id,
        if(
            json_valid(spoken.payload),
            textless(spoken.payload, starred(spoken.said.body, stops.word)),
            '{}'
        ) as payload
    from spoken
    left join read_csv($stop_words, header = true) as stops
        on spoken.words[1] = stops.word and len(spoken.words) <= stops.most_words
)

update raw.messages as versions
set payload = starred.payload, redacted = 'body'
from starred
where versions.version_id = starred.version_id
