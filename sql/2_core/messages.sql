-- Every message as it was last seen: its outcome, its day, its recipient, who carried it.
-- Grain: one row per message.
-- Key: message_id
-- Refresh: by message
-- Reads: lookup.recipients, lookup.regions, raw.message_heads, seeds.status_codes,
--        staging.message_versions, staging.sim_versions
-- Note: the carrier is the one of the sending SIM when the message was due, as far as sync was told; before
--       the first telling, the first that is known.
with

latest as (
    select message_id, max(version_id) as version_id, min(first_seen_at) as first_seen_at
    from staging.message_versions
    group by message_id
),

several as (
    select
        message_id,
        version_id,
        first_seen_at,
        previous_seen_at,
        lag(version_id) over earlier is null
        or status is distinct from lag(status) over earlier as is_start
    from staging.message_versions
    where message_id in (
        select message_id from staging.message_versions where previous_seen_at is not null
    )
    window earlier as (partition by message_id order by version_id)
),

since as (
    select *
    from several
    where is_start
    qualify row_number() over (partition by message_id order by version_id desc) = 1
),

carriers as (
    select
        device_id,
        slot,
        carrier,
        if(
            lag(version_id) over earlier is null, '-infinity'::timestamptz, first_seen_at
        ) as valid_from,
        lead(first_seen_at, 1, 'infinity'::timestamptz) over earlier as valid_to
    from (
        select *
        from staging.sim_versions
        where carrier is not null
        qualify carrier is distinct from lag(carrier) over (
            partition by device_id, slot order by version_id
        )
    ) as changes
    window earlier as (partition by device_id, slot order by version_id)
),

dated as (
    select *, greatest(created_at, scheduled_at) as due_at
    from staging.message_versions
),

final as (
    select
        versions.* exclude (version_id, first_seen_at, previous_seen_at, scheduled_at),
        coalesce(codes.outcome, 'unknown') as outcome,
        coalesce(codes.is_final, false) as is_final,
        recipients.e164,
        recipients.country as recipient_country,
        coalesce(recipients.e164, versions.sendto) as address,
        carriers.carrier as sim_carrier,
        (versions.due_at at time zone getvariable('timezone'))::date as day,
        latest.first_seen_at,
        since.previous_seen_at as status_not_before,
        coalesce(since.first_seen_at, latest.first_seen_at) as status_not_after,
        heads.gone_at
    from dated as versions
    inner join latest on versions.version_id = latest.version_id
    left join since on versions.message_id = since.message_id
    inner join raw.message_heads as heads on versions.message_id = heads.message_id
    left join seeds.status_codes as codes on versions.status = codes.code
    left join lookup.regions as regions on versions.device_id = regions.device_id
    left join lookup.recipients as recipients
        on versions.sendto = recipients.sendto and coalesce(regions.region, '') = recipients.region
    left join carriers
        on
            versions.device_id = carriers.device_id
            and versions.sim = carriers.slot
            and versions.due_at >= carriers.valid_from
            and versions.due_at < carriers.valid_to
)

select * from final
