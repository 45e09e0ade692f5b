-- Every message as it was last seen: its outcome, its day, its recipient, who carried it.
-- Grain: one row per message.
-- Reads: lookup.recipients, raw.message_heads, seeds.status_codes, staging.message_versions,
--        staging.sim_versions
-- Note: the carrier is the one of the sending SIM when the message was due; before a device was first
--       listed, the first that is known.
with

latest as (
    select
        *,
        greatest(created_at, coalesce(scheduled_at, created_at)) as due_at
    from staging.message_versions
    qualify row_number() over (partition by message_id order by version desc) = 1
),

last_unlike as (
    select versions.message_id, max(versions.version) as version
    from staging.message_versions as versions
    inner join latest on versions.message_id = latest.message_id
    where versions.status is distinct from latest.status
    group by versions.message_id
),

seen as (
    select
        versions.message_id,
        min(versions.first_seen_at) as first_seen_at,
        min(versions.first_seen_at) filter (
            where versions.version > coalesce(last_unlike.version, 0)
        ) as same_since
    from staging.message_versions as versions
    left join last_unlike on versions.message_id = last_unlike.message_id
    group by versions.message_id
),

carriers as (
    select
        device_id,
        slot,
        carrier,
        country,
        if(
            row_number() over (partition by device_id, slot order by version) = 1,
            '1970-01-01'::timestamptz,
            first_seen_at
        ) as valid_from
    from staging.sim_versions
),

regions as (
    select device_id, arg_max(country, version) as region
    from staging.sim_versions
    where slot = 0 or country is not null
    group by device_id
),

final as (
    select
        latest.* exclude (version, first_seen_at, previous_seen_at, scheduled_at),
        coalesce(codes.outcome, 'unknown') as outcome,
        coalesce(codes.is_final, false) as is_final,
        recipients.e164,
        recipients.country as recipient_country,
        coalesce(recipients.e164, latest.sendto) as address,
        carriers.carrier as sim_carrier,
        (latest.due_at at time zone getvariable('timezone'))::date as day,
        seen.first_seen_at,
        if(codes.is_final, seen.same_since, null) as settled_at,
        heads.gone_at
    from latest
    inner join seen on latest.message_id = seen.message_id
    inner join raw.message_heads as heads on latest.message_id = heads.message_id
    left join seeds.status_codes as codes on latest.status = codes.code
    left join regions on latest.device_id = regions.device_id
    left join lookup.recipients as recipients
        on latest.sendto = recipients.sendto and coalesce(regions.region, '') = recipients.region
    asof left join carriers
        on
            latest.device_id = carriers.device_id
            and latest.sim = carriers.slot
            and latest.due_at >= carriers.valid_from
)

select * from final
