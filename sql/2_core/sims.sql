-- Which SIM was in which slot of which phone, and when, as sync saw it.
-- Grain: one row per device, slot and stretch of time in which the same SIM was told in the same way.
-- Key: device_id, slot, valid_from
-- Reads: staging.device_versions, staging.sim_versions
with

answers as (
    select
        version_id,
        device_id,
        first_seen_at,
        lead(first_seen_at) over (partition by device_id order by version_id) as next_seen_at,
        row_number() over (partition by device_id order by version_id) as number
    from staging.device_versions
),

told as (
    select
        sims.*,
        answers.next_seen_at,
        answers.number - row_number() over (
            partition by
                sims.device_id, sims.slot, sims.carrier, sims.country, sims.number, sims.icc_id,
                sims.is_roaming
            order by answers.number
        ) as stretch
    from staging.sim_versions as sims
    inner join answers on sims.version_id = answers.version_id
),

final as (
    select
        device_id,
        slot,
        carrier,
        country,
        number,
        icc_id,
        is_roaming,
        min(first_seen_at) as valid_from,
        if(bool_or(next_seen_at is null), null, max(next_seen_at)) as valid_to
    from told
    group by device_id, slot, carrier, country, number, icc_id, is_roaming, stretch
)

select * from final
