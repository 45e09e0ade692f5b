-- What each failure code means, what to do first, how often it came, on which phone and SIM too often.
-- Grain: one row per failure code, all seven of them.
-- Key: code
-- Reads: core.messages, seeds.failure_codes
-- Note: the worst device, or SIM, is the one whose count most exceeds its share of the traffic, not the
--       one with most failures: that is only the busiest.
with

outgoing as (
    select day, device_id, sim, outcome, status as code, address
    from core.messages
    where outcome <> 'incoming' and gone_at is null
),

failures as (
    select * from outgoing where outcome in ('undelivered', 'failed')
),

totals as (
    select
        code,
        count(*) as messages,
        count(distinct address) as recipients,
        min(day) as first_seen_on,
        max(day) as last_seen_on
    from failures
    group by code
),

failed as (
    select code, device_id, sim, count(*) as messages
    from failures
    group by code, device_id, sim
),

traffic as (
    select
        device_id,
        sim,
        grouping_id(sim) = 0 as is_sim,
        sum(messages) as messages,
        sum(sum(messages)) over (partition by grouping_id(sim)) as all_messages
    from (select device_id, sim, count(*) as messages from outgoing group by device_id, sim) as carried
    group by grouping sets ((device_id), (device_id, sim))
),

excesses as (
    select
        traffic.device_id,
        traffic.sim,
        traffic.is_sim,
        totals.code,
        (sum(failed.messages) * traffic.all_messages - totals.messages * traffic.messages)
        / nullif(traffic.all_messages, 0) as excess
    from failed
    inner join totals on failed.code = totals.code
    inner join traffic
        on
            failed.device_id = traffic.device_id
            and (not traffic.is_sim or failed.sim = traffic.sim)
    group by
        traffic.device_id, traffic.sim, traffic.is_sim, traffic.messages, traffic.all_messages,
        totals.code, totals.messages
),

worst as (
    select *
    from excesses
    where excess > 0
    qualify row_number() over (partition by code, is_sim order by excess desc, device_id, sim) = 1
),

final as (
    select
        codes.code::integer as code,
        codes.label_en as label,
        codes.domain,
        codes.permanence,
        codes.likely_cause_en as likely_cause,
        codes.first_action_en as first_action,
        codes.retryable,
        coalesce(totals.messages, 0) as messages,
        coalesce(totals.recipients, 0) as recipients,
        totals.messages / nullif(sum(totals.messages) over (), 0) as share_of_failures,
        totals.first_seen_on,
        totals.last_seen_on,
        device.device_id as worst_device_id,
        device.excess as worst_device_excess,
        sim.device_id as worst_sim_device_id,
        sim.sim as worst_sim,
        sim.excess as worst_sim_excess
    from seeds.failure_codes as codes
    left join totals on codes.code = totals.code
    left join worst as device on codes.code = device.code and not device.is_sim
    left join worst as sim on codes.code = sim.code and sim.is_sim
    order by codes.code
)

select * from final
