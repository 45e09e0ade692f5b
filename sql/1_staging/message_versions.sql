-- What each version of each message said, with typed columns and its dates as instants.
-- Grain: one row per version of a message.
-- Key: version_id
-- Refresh: by version
-- Reads: raw.versions, raw.windows, lookup.zones, seeds.stop_words
-- Note: where a date can mean two instants, the one inside the window that was asked is taken; where
--       that does not tell, the first, and is_time_ambiguous says so. Of two times of sending the sooner
--       one after creation is taken. The text is kept only where the privacy setting is `full`. A version
--       that was pruned has its status and its phone.
with

versions as (
    select
        version_id,
        message_id,
        first_seen_at,
        previous_seen_at,
        call_id,
        try(json_transform(
            payload,
            '{
                "sendto": "VARCHAR", "body": "VARCHAR", "customerid": "VARCHAR",
                "status": "VARCHAR", "statustitle": "VARCHAR", "deviceid": "VARCHAR",
                "sim": "VARCHAR", "urgent": "VARCHAR", "paketid": "VARCHAR",
                "pakettitle": "VARCHAR",
                "created": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"},
                "senttime": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"},
                "timetosend": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"}
            }'
        )) as said
    from raw.versions
),

asked as (
    select call_id, min(begin_at) as begin_at, max(end_at) as end_at
    from raw.windows
    where call_id is not null
    group by call_id
),

placed as (
    select
        versions.*,
        php_instants(said.created, c.iana, c.seconds) as created_options,
        php_instants(said.timetosend, d.iana, d.seconds) as due_options,
        php_instants(said.senttime, s.iana, s.seconds) as sent_options,
        list_filter(
            created_options,
            lambda instant: instant >= asked.begin_at - interval 1 second
            and instant <= asked.end_at
        ) as created_inside,
        if(trim(said.status) = '5', plain_words(said.body), []) as words
    from versions
    left join asked on versions.call_id = asked.call_id
    left join lookup.zones as c on lower(said.created.timezone) = c.zone
    left join lookup.zones as d on lower(said.timetosend.timezone) = d.zone
    left join lookup.zones as s on lower(said.senttime.timezone) = s.zone
),

final as (
    select
        ---------- ids
        version_id,
        message_id,
        try_cast(said.deviceid as bigint) as device_id,
        nullif(try_cast(said.customerid as bigint), 0) as customer_id,
        nullif(try_cast(said.paketid as bigint), 0) as newsletter_id,
        ---------- text
        nullif(trim(said.sendto), '') as sendto,
        nullif(said.statustitle, '') as status_title,
        nullif(said.pakettitle, '') as newsletter_title,
        if(getvariable('privacy') = 'full', said.body, null) as body,
        stops.word as stop_word,
        ---------- numbers
        try_cast(whole(said.status) as integer) as status,
        try_cast(whole(said.sim) as integer) as sim,
        len(said.body) as body_length,
        ---------- booleans
        coalesce(lower(said.urgent) in ('true', '1'), false) as is_urgent,
        (len(created_options) <> 1 and len(created_inside) <> 1)
        or len(due_options) > 1 as is_time_ambiguous,
        ---------- times
        coalesce(created_inside[1], created_options[1], first_seen_at) as created_at,
        coalesce(
            list_filter(due_options, lambda instant: instant >= created_at)[1], due_options[1]
        ) as scheduled_at,
        coalesce(
            list_min(list_filter(sent_options, lambda instant: instant >= created_at)),
            sent_options[1]
        ) as sent_at,
        first_seen_at,
        previous_seen_at
    from placed
    left join seeds.stop_words as stops
        on placed.words[1] = stops.word and len(placed.words) <= stops.most_words
)

select * from final
