-- Where the new versions of a batch stand: status, phone, SIM, and their dates as instants.
-- Grain: one row per message, its newest version. Reads: arrivals, asked, lookup.zones.
-- Note: where a date can mean two instants, the one inside the window that was asked is taken; where
--       that does not tell, the likeliest, and is_sure says so. A payload that is no JSON has no dates.
create or replace temp table placed as
with

latest as (
    select
        message_id,
        asking,
        try(json_transform(
            payload,
            '{
                "status": "VARCHAR", "deviceid": "VARCHAR", "sim": "VARCHAR", "customerid": "VARCHAR",
                "created": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"},
                "senttime": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"},
                "timetosend": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"}
            }'
        )) as said
    from arrivals
    where is_newest
),

optional as (
    select
        latest.message_id,
        latest.said,
        asked.begin_at,
        asked.end_at,
        php_instants(said.created, c.iana, c.seconds) as created_options,
        php_instants(said.timetosend, d.iana, d.seconds) as scheduled_options,
        php_instants(said.senttime, s.iana, s.seconds) as sent_options
    from latest
    inner join asked on latest.asking = asked.asking
    left join lookup.zones as c on lower(said.created.timezone) = c.zone
    left join lookup.zones as d on lower(said.timetosend.timezone) = d.zone
    left join lookup.zones as s on lower(said.senttime.timezone) = s.zone
),

final as (
    select
        message_id,
        try_cast(whole(said.status) as integer) as status,
        try_cast(said.deviceid as bigint) as device_id,
        try_cast(whole(said.sim) as integer) as sim,
        try_cast(said.customerid as bigint) as customer_id,
        only_instant(created_options, begin_at, end_at) is not null as is_sure,
        coalesce(only_instant(created_options, begin_at, end_at), created_options[1]) as created_at,
        scheduled_options[1] as scheduled_at,
        sent_options[1] as sent_at,
        greatest(created_at, scheduled_at) as due_at
    from optional
)

select * from final
