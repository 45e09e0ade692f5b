-- On which days each phone gave a sign of life, as far as the askings tell: the gateway tells the last alone.
-- Grain: one row per device and local day on which the phones were asked for or it gave a sign of life.
-- Key: day, device_id
-- Reads: raw.calls, staging.device_versions
-- Note: a day that is asked and not seen is one on which the phone was silent; one without a row was not
--       looked at, or before the phone was first told of. How often we asked changes nothing: twice is once.
with

versions as (
    select
        device_id,
        last_seen_at,
        (last_seen_at at time zone getvariable('timezone'))::date as seen_on,
        (first_seen_at at time zone getvariable('timezone'))::date as told_on
    from staging.device_versions
),

asked as (
    select distinct (answered_at at time zone getvariable('timezone'))::date as day
    from raw.calls
    where endpoint = 'getalldevices' and outcome = 'ok'
),

known as (
    select asked.day, phones.device_id
    from asked
    inner join (select device_id, min(told_on) as since from versions group by device_id) as phones
        on asked.day >= phones.since
),

seen as (
    select seen_on as day, device_id, max(last_seen_at) as last_seen_at
    from versions
    where last_seen_at is not null
    group by seen_on, device_id
),

final as (
    select
        coalesce(known.day, seen.day) as day,
        coalesce(known.device_id, seen.device_id) as device_id,
        known.day is not null as is_asked,
        seen.day is not null as is_seen,
        seen.last_seen_at
    from known
    full join seen on known.day = seen.day and known.device_id = seen.device_id
    order by day, device_id
)

select * from final
