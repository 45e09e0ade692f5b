-- How long messages took from due to sent, with the share that tells when it was sent.
-- Grain: one row for the period (now), for the compared one (before), for each step of the chart (an hour in
-- up to 3 days, a day in up to 120, then a week from Monday), and for each day of the last 28.
-- Reads: messages
with

timed as (
    select
        day,
        case
            when $last::date - $first::date < 3 then date_trunc('hour', due_local)
            when $last::date - $first::date < 120 then day::timestamp
            else date_trunc('week', day)::timestamp
        end as step,
        day between $first and $last as is_now,
        day between $before_first and $before_last and due_local < $before_until as is_before,
        day > $last::date - 28 as is_recent,
        epoch(sent_at) - epoch(due_at) as seconds
    from messages
    where
        direction = 'outgoing'
        and gone_at is null
        and outcome in ('delivered', 'sent', 'undelivered')
        and (
            day between $first and $last
            or day between $before_first and $before_last
            or day between $last::date - 27 and $last
        )
        and ($device::bigint is null or device_id = $device::bigint)
),

asked as (
    select 'now' as part, null::timestamp as step, seconds from timed where is_now
    union all
    select 'before' as part, null::timestamp as step, seconds from timed where is_before
    union all
    select 'step' as part, step, seconds from timed where is_now
    union all
    select 'day' as part, day::timestamp as step, seconds from timed where is_recent
),

counted as (
    select
        part,
        step,
        count(*) as left_phone,
        count(seconds) as timed,
        quantile_cont(seconds, [0.5, 0.95]) as times
    from asked
    group by part, step
),

final as (
    select part, step, left_phone, timed, times[1] as p50, times[2] as p95
    from counted
    order by part, step
)

select * from final
