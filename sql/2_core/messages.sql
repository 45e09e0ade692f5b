-- Every message as it was last seen: its outcome, its day, its recipient, who carried it.
-- Grain: one row per message.
-- Refresh: by message
-- Reads: lookup.recipients, lookup.regions, raw.message_heads, seeds.status_codes,
--        staging.message_versions, staging.sim_versions
-- Note: the carrier is the one of the sending SIM when the message was due; before a device was first
--       listed, the first that is known.
with

latest as (
    select message_id, max(version_id) as version_id, min(first_seen_at) as first_seen_at
    from staging.message_versions
    group by message_id
),

last_unlike as (
    select earlier.message_id, max(earlier.version_id) as version_id
    from latest
    inner join staging.message_versions as now on latest.version_id = now.version_id
    inner join staging.message_versions as earlier on latest.message_id = earlier.message_id
    where earlier.status is distinct from now.status
    group by earlier.message_id
),

since as (
    select
        versions.message_id,
        min(versions.first_seen_at) as not_after,
        arg_min_null(versions.previous_seen_at, versions.version_id) as not_before
    from staging.message_versions as versions
    left join last_unlike on versions.message_id = last_unlike.message_id
    where versions.version_id > coalesce(last_unlike.version_id, 0)
    group by versions.message_id
),

carriers as (
    select
        device_id,
        slot,
        carrier,
        if(
            row_number() over (partition by device_id, slot order by version_id) = 1,
            '1970-01-01'::timestamptz,
            first_seen_at
        ) as valid_from
    from staging.sim_versions
    qualify carrier is distinct from lag(carrier, 1, '?') over (
        partition by device_id, slot order by version_id
    )
),

final as (
    select
        versions.* exclude (version_id, first_seen_at, previous_seen_at, scheduled_at),
        greatest(versions.created_at, versions.scheduled_at) as due_at,
        coalesce(codes.outcome, 'unknown') as outcome,
        coalesce(codes.is_final, false) as is_final,
        recipients.e164,
        recipients.country as recipient_country,
        coalesce(recipients.e164, versions.sendto) as address,
        carriers.carrier as sim_carrier,
        (due_at at time zone getvariable('timezone'))::date as day,
        latest.first_seen_at,
        since.not_before as status_not_before,
        since.not_after as status_not_after,
        heads.gone_at
    from staging.message_versions as versions
    inner join latest on versions.version_id = latest.version_id
    inner join since on versions.message_id = since.message_id
    inner join raw.message_heads as heads on versions.message_id = heads.message_id
    left join seeds.status_codes as codes on versions.status = codes.code
    left join lookup.regions as regions on versions.device_id = regions.device_id
    left join lookup.recipients as recipients
        on versions.sendto = recipients.sendto and coalesce(regions.region, '') = recipients.region
    asof left join carriers
        on
            versions.device_id = carriers.device_id
            and versions.sim = carriers.slot
            and greatest(versions.created_at, versions.scheduled_at) >= carriers.valid_from
)

select * from final
