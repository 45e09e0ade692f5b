-- How many messages of a day failed, by phone, SIM and failure code.
-- Grain: one row per day, device, SIM and code with at least one failure.
-- Key: day, device_id, sim, code
-- Refresh: by day
-- Reads: core.messages
with

outgoing as (
    select day, device_id, sim, outcome, status as code, address
    from core.messages
    where outcome <> 'incoming' and gone_at is null
),

traffic as (
    select day, device_id, sim, count(*) as messages
    from outgoing
    group by day, device_id, sim
),

failures as (
    select
        day,
        device_id,
        sim,
        code,
        count(*) as messages,
        count(distinct address) as recipients
    from outgoing
    where outcome in ('undelivered', 'failed')
    group by day, device_id, sim, code
),

final as (
    select
        failures.*,
        failures.messages / traffic.messages as share_of_outgoing
    from failures
    inner join traffic
        on
            failures.day is not distinct from traffic.day
            and failures.device_id is not distinct from traffic.device_id
            and failures.sim is not distinct from traffic.sim
    order by failures.day, failures.device_id, failures.sim, failures.code
)

select * from final
