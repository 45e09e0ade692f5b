-- How much of a result differs from the truth. Grain: one row.
-- Reads: result.current_messages, result.daily, true_messages, true_days. Note: in the order of `Faults`.
with

held as (
    select
        message_id,
        count(*) as times,
        any_value(created_at)::timestamptz as created_at,
        any_value(status) as status,
        any_value(device_id) as device_id,
        any_value(sim) as sim,
        any_value(recipient) as recipient
    from result.current_messages
    group by message_id
),

compared as (
    select
        truth.message_id is null as is_unknown,
        held.message_id is null as is_missing,
        coalesce(held.times, 0) > 1 as is_repeated,
        held.status is distinct from truth.status as is_status_wrong,
        held.created_at is distinct from truth.created_at as is_created_wrong,
        (held.device_id, held.sim, held.recipient)
        is distinct from (truth.device_id, truth.sim, truth.recipient) as is_other_wrong,
        truth.created_at::date as day
    from true_messages as truth
    full join held on truth.message_id = held.message_id
),

counted as (
    select
        count(*) filter (is_missing) as missing,
        count(*) filter (is_unknown) as unknown,
        count(*) filter (is_repeated) as repeated,
        count(*) filter (not is_missing and not is_unknown and is_status_wrong) as status,
        count(*) filter (not is_missing and not is_unknown and is_created_wrong) as created,
        count(*) filter (not is_missing and not is_unknown and is_other_wrong) as other
    from compared
),

short_days as (
    select count(*) filter (not is_missing) as rows_held
    from compared
    where not is_unknown
    group by day
    having count(*) filter (is_missing) > 0
),

days_told as (
    select day::date as day, outgoing, delivered, failed
    from result.daily
),

utc_days as (
    select
        due_at::date as day,
        count(*) as outgoing,
        count(*) filter (outcome = 'delivered') as delivered,
        count(*) filter (outcome = 'failed') as failed
    from true_messages
    where outcome <> 'incoming'
    group by all
),

days_wrong as (
    select count(*) as days
    from days_told as told
    full join true_days as truth on told.day = truth.day
    where
        (told.day, told.outgoing, told.delivered, told.failed)
        is distinct from (truth.day, truth.outgoing, truth.delivered, truth.failed)
),

final as (
    select
        counted.*,
        days_wrong.days,
        (
            select if(count(*) > 1 and min(rows_held) = max(rows_held), nullif(max(rows_held), 0), null)
            from short_days
        ) as cut_at,
        days_wrong.days > 0
        and not exists (from days_told except all from utc_days)
        and not exists (from utc_days except all from days_told) as is_utc
    from counted, days_wrong
)

select * from final
