-- The failures of the period by code, and the phone or SIM that has more of them than its share.
-- Grain: one row per failure code with at least one failure. Reads: messages, failures_daily, failure_codes,
-- delivery_daily, devices
-- Note: a SIM is named instead of its phone where it exceeds its share by more than the whole phone does.
with

failures as (
    select code, device_id, sim, messages, day, day between $first and $last as is_now
    from failures_daily
    where $device::bigint is null or device_id = $device::bigint
),

traffic as (
    select device_id, sim, sum(outgoing) / nullif(sum(sum(outgoing)) over (), 0) as share
    from delivery_daily
    where day between $first and $last and ($device::bigint is null or device_id = $device::bigint)
    group by device_id, sim
),

totals as (
    select
        code,
        sum(messages) filter (is_now) as messages,
        min(day) as first_seen_on,
        max(day) as last_seen_on
    from failures
    group by code
    having messages > 0
),

earlier as (
    select failure_code as code, count(*) as messages
    from messages
    where
        failure_code is not null
        and gone_at is null
        and day between $before_first and $before_last
        and due_local < $before_until
        and ($device::bigint is null or device_id = $device::bigint)
    group by failure_code
),

parts as (
    select code, device_id, sim, sum(messages) as messages
    from failures
    where is_now
    group by code, device_id, sim
),

shares as (
    select
        totals.code,
        traffic.device_id,
        traffic.sim,
        grouping(traffic.sim) = 1 as is_phone,
        sum(parts.messages) as messages,
        sum(parts.messages) - any_value(totals.messages) * sum(traffic.share) as excess
    from totals
    cross join traffic
    left join parts
        on
            totals.code = parts.code
            and traffic.device_id = parts.device_id
            and traffic.sim is not distinct from parts.sim
    where traffic.device_id is not null
    group by grouping sets ((totals.code, traffic.device_id), (totals.code, traffic.device_id, traffic.sim))
    having is_phone or traffic.sim is not null
),

worst as (
    select *
    from shares
    where excess > 0
    qualify row_number() over (
        partition by code order by round(excess, 6) desc, is_phone desc, device_id, sim
    ) = 1
),

final as (
    select
        totals.code,
        codes.label,
        codes.likely_cause,
        codes.first_action,
        codes.retryable,
        totals.messages::bigint as messages,
        coalesce(earlier.messages, 0) as before,
        totals.messages / nullif(sum(totals.messages) over (), 0) as share,
        totals.first_seen_on,
        totals.last_seen_on,
        worst.device_id as over_device_id,
        devices.title as over_device,
        worst.sim as over_sim,
        worst.messages::bigint as over_messages,
        worst.excess as over_excess
    from totals
    inner join failure_codes as codes on totals.code = codes.code
    left join earlier on totals.code = earlier.code
    left join worst on totals.code = worst.code
    left join devices on worst.device_id = devices.device_id
    order by totals.messages desc, totals.code
)

select * from final
