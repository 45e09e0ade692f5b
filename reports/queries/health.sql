-- How each phone does now, as the snapshot judges it; its SIMs and its open messages.
-- Grain: one row per phone, the worst state first. Reads: device_health, devices, device_sims, device_days,
-- messages, delivery_daily, snapshot_info
-- Note: a phone sends a message a second at most, and waits up to delay_between_sms after each, half on average.
--       A phone that was never listed and has had nothing to do since the compared period began is left out.
with

zone as (
    select timezone from snapshot_info
),

queue as (
    select device_id, count(*) as open, min(due_local) as oldest_open
    from messages
    where outcome = 'open' and gone_at is null
    group by device_id
),

sims as (
    select
        device_id,
        list({'sim': sim, 'carrier': carrier, 'is_roaming': coalesce(is_roaming, false)} order by sim) as sims
    from device_sims
    where is_current
    group by device_id
),

looked as (
    select
        device_id,
        list({'age': ($last::date - day)::bigint, 'is_seen': is_seen} order by day) as looks
    from device_days
    where day between $last::date - 27 and $last
    group by device_id
),

loads as (
    select device_id, max(messages) as busiest
    from (
        select device_id, count(*) as messages
        from messages
        where
            direction = 'outgoing'
            and gone_at is null
            and day between $first and $last
        group by device_id, date_trunc('hour', due_at)
    ) as hours
    group by device_id
),

used as (
    select device_id
    from delivery_daily
    where day between $before_first and $last
    group by device_id
),

final as (
    select
        health.device_id,
        health.title,
        health.state,
        health.likely_cause,
        health.first_action,
        health.last_seen_at at time zone zone.timezone as last_seen,
        health.silent_for,
        health.recent,
        health.successes,
        health.sim_0_last_success_at at time zone zone.timezone as sim_0_last_success,
        health.sim_1_last_success_at at time zone zone.timezone as sim_1_last_success,
        devices.app_version,
        devices.is_app_version_actual,
        coalesce(sims.sims, []) as sims,
        coalesce(queue.open, 0) as open,
        queue.oldest_open,
        coalesce(looked.looks, []) as looks,
        coalesce(loads.busiest, 0) as busiest,
        floor(3600 / nullif(1 + coalesce(devices.delay_between_sms, 0) / 2, 0))::bigint as most_per_hour
    from device_health as health
    inner join devices on health.device_id = devices.device_id
    cross join zone
    left join sims on health.device_id = sims.device_id
    left join queue on health.device_id = queue.device_id
    left join looked on health.device_id = looked.device_id
    left join loads on health.device_id = loads.device_id
    left join used on health.device_id = used.device_id
    where
        ($device::bigint is null or health.device_id = $device::bigint)
        and (health.state <> 'never listed' or used.device_id is not null)
    order by
        list_position(
            [
                'not allowed to send', 'silent', 'not sending', 'operator failing', 'one SIM failing', 'working'
            ],
            health.state
        ) nulls last,
        health.recent desc,
        health.silent_for desc nulls last,
        health.device_id
)

select * from final
