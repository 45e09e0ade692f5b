-- Keep of the superseded versions what the tables read of them, and take their records away.
-- Grain: one row per version. Reads: superseded, raw.messages.
insert into raw.status_history by name
with

typed as (
    select
        messages.*,
        json_transform(
            if(json_valid(payload), payload, '{}'),
            '{"status": "VARCHAR", "statustitle": "VARCHAR", "deviceid": "VARCHAR"}'
        ) as said
    from raw.messages as messages
    semi join superseded on messages.version_id = superseded.version_id
)

select
    version_id,
    message_id,
    try_cast(whole(said.status) as integer) as status,
    nullif(said.statustitle, '') as status_title,
    try_cast(said.deviceid as bigint) as device_id,
    first_seen_at,
    previous_seen_at
from typed
order by version_id;

delete from raw.messages
where version_id in (select version_id from superseded);
