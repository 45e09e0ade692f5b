-- The failures of the period by code, and the phone that has more of them than its share.
-- Grain: one row per failure code with at least one failure. Reads: failures_daily, failure_codes,
-- delivery_daily, devices
with

failures as (
    select code, device_id, sum(messages) as messages
    from failures_daily
    where day between $first and $last
    group by code, device_id
),

traffic as (
    select device_id, sum(outgoing) / nullif(sum(sum(outgoing)) over (), 0) as share
    from delivery_daily
    where day between $first and $last
    group by device_id
),

totals as (
    select code, sum(messages) as messages
    from failures
    group by code
),

worst as (
    select
        failures.code,
        failures.device_id,
        failures.messages,
        failures.messages - totals.messages * traffic.share as excess
    from failures
    inner join totals on failures.code = totals.code
    inner join traffic on failures.device_id = traffic.device_id
    where excess > 0
    qualify row_number() over (partition by failures.code order by excess desc) = 1
),

final as (
    select
        totals.code,
        codes.label,
        codes.likely_cause,
        codes.first_action,
        codes.retryable,
        totals.messages::bigint as messages,
        totals.messages / nullif(sum(totals.messages) over (), 0) as share,
        worst.device_id as worst_device_id,
        devices.title as worst_device,
        worst.messages::bigint as worst_messages,
        worst.excess as worst_excess
    from totals
    inner join failure_codes as codes on totals.code = codes.code
    left join worst on totals.code = worst.code
    left join devices on worst.device_id = devices.device_id
    order by totals.messages desc, totals.code
)

select * from final
