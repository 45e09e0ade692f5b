-- The times of the newest messages, where their texts tell an instant by themselves.
-- Grain: one row per message. Reads: raw.message_heads, raw.messages.
-- Note: dates in a named zone other than UTC are left out: they are what is to be measured.
with

newest as (
    select message_id
    from raw.message_heads
    order by message_id desc
    limit 3000
),

latest as (
    select versions.message_id, arg_max(versions.payload, versions.first_seen_at) as payload
    from raw.messages as versions
    inner join newest on versions.message_id = newest.message_id
    where json_valid(versions.payload)
    group by versions.message_id
),

said as (
    select
        message_id,
        json_transform(
            payload,
            '{"created": {"date": "VARCHAR", "timezone": "VARCHAR"},
            "timetosend": {"date": "VARCHAR", "timezone": "VARCHAR"}}'
        ) as dates
    from latest
),

instants as (
    select
        message_id,
        try_cast(dates.created.date || coalesce(offsets.text, dates.created.timezone) as timestamptz)
            as created_at,
        try_cast(dates.timetosend.date || coalesce(offsets.text, dates.created.timezone) as timestamptz)
            as scheduled_at
    from said
    left join (values ('UTC', '+00:00'), ('Z', '+00:00'), ('GMT', '+00:00')) as offsets (zone, text)
        on upper(dates.created.timezone) = offsets.zone
),

final as (
    select
        epoch(created_at)::bigint as created,
        epoch(greatest(created_at, scheduled_at))::bigint as due
    from instants
    where created_at is not null
)

select * from final
