-- What each version of each device said.
-- Grain: one row per version of a device.
-- Key: version_id
-- Refresh: by version
-- Reads: raw.devices, lookup.zones
with

versions as (
    select
        version_id,
        device_id,
        first_seen_at,
        json_transform(
            if(json_valid(payload), payload, '{}'),
            '{
                "title": "VARCHAR", "number": "VARCHAR", "imei": "VARCHAR",
                "serialnumber": "VARCHAR", "appversion": "VARCHAR",
                "isappversionactual": "VARCHAR", "delaybetweeneachsms": "VARCHAR",
                "delaybetweenrequest": "VARCHAR", "subscription": "VARCHAR",
                "created": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"},
                "lastseen": {"date": "VARCHAR", "timezone_type": "VARCHAR", "timezone": "VARCHAR"}
            }'
        ) as said
    from raw.devices
),

final as (
    select
        ---------- ids
        version_id,
        device_id,
        ---------- text
        nullif(trim(said.title), '') as title,
        nullif(nullif(trim(said.number), ''), 'null') as number,
        nullif(nullif(trim(said.imei), ''), 'null') as imei,
        nullif(nullif(trim(said.serialnumber), ''), 'unknown') as serial_number,
        nullif(trim(said.appversion), '') as app_version,
        ---------- numbers
        try_cast(said.delaybetweeneachsms as integer) as delay_between_sms,
        try_cast(said.delaybetweenrequest as integer) as delay_between_requests,
        ---------- booleans
        lower(said.isappversionactual) in ('true', '1') as is_app_version_actual,
        lower(said.subscription) in ('true', '1') as has_subscription,
        ---------- times
        php_instants(said.created, c.iana, c.seconds)[1] as created_at,
        php_instants(said.lastseen, l.iana, l.seconds)[1] as last_seen_at,
        first_seen_at
    from versions
    left join lookup.zones as c on lower(said.created.timezone) = c.zone
    left join lookup.zones as l on lower(said.lastseen.timezone) = l.zone
)

select * from final
