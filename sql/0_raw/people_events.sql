-- The pushed events of people who were forgotten: by a number in them, or by their message.
-- Grain: one row per event. Reads: events_seen, raw.forgotten, raw.messages, lookup.regions.
create or replace temp table events_of_people as
with

told as (
    select
        events_seen.event_id,
        regions.region,
        unnest(json_extract_string(events_seen.payload, '$..*')) as text
    from events_seen
    left join lookup.regions as regions on events_seen.device_id = regions.device_id
    where json_valid(events_seen.payload)
),

final as (
    select told.event_id
    from told
    inner join raw.forgotten as forgotten
        on
            spelled(told.text) = forgotten.spelling
            and (forgotten.region in ('', told.region) or told.region is null)
    where len(told.text) <= 64
    union
    select events_seen.event_id
    from events_seen
    inner join raw.messages as versions on events_seen.message_id = versions.message_id
    where versions.redacted = 'person'
)

select * from final
