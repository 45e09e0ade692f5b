-- How each phone does, in words: whether it asks for work, whether what it gets leaves it, if not, why.
-- Grain: one row per device ever listed or met in a message.
-- Key: device_id
-- Reads: core.devices, core.messages, core.sims, raw.calls, seeds.device_states
-- Note: recent is due in the last 24 hours; trouble is failed, undelivered, or open for an hour. Silent is
--       without a sign of life for three of its own askings, and a minute. A SIM fails that has trouble and
--       no success; an operator, where that is so on two or more phones and there is no success on any.
with

outgoing as (
    select
        *,
        getvariable('data_until')::timestamptz as until_at,
        outcome in ('delivered', 'sent') as is_success,
        due_at between until_at - interval 1 day and until_at as is_recent,
        outcome in ('undelivered', 'failed')
        or (outcome = 'open' and due_at < until_at - interval 1 hour) as is_trouble,
        outcome in ('open', 'sent', 'unknown')
        and due_at >= until_at - to_hours(getvariable('settle_hours')) as is_unsettled
    from core.messages
    where outcome <> 'incoming' and gone_at is null
),

counted as (
    select
        device_id, sim,
        count(*) filter (where is_recent) as recent,
        count(*) filter (where is_recent and is_success) as successes,
        count(*) filter (where is_recent and is_trouble) as troubles,
        count(*) filter (where is_recent and status in (100, 101)) as not_allowed,
        count(*) filter (where is_unsettled) as unsettled,
        min(due_at) filter (where is_unsettled) as oldest_unsettled_at,
        max(due_at) filter (where is_success) as last_success_at
    from outgoing
    group by device_id, sim
),

traffic as (
    select counted.*, sims.carrier from counted left join core.sims as sims
        on counted.device_id = sims.device_id and counted.sim = sims.slot and sims.valid_to is null
),

failing_operators as (
    select carrier from traffic where carrier is not null group by carrier
    having count(distinct device_id) filter (troubles > 0) > 1 and sum(successes) = 0
),

phones as (
    select
        traffic.device_id,
        sum(recent)::bigint as recent,
        sum(successes)::bigint as successes,
        sum(unsettled)::bigint as unsettled,
        min(oldest_unsettled_at) as oldest_unsettled_at,
        max(last_success_at) as last_success_at,
        max(last_success_at) filter (where sim = 0) as sim_0_last_success_at,
        max(last_success_at) filter (where sim = 1) as sim_1_last_success_at,
        bool_or(not_allowed > 0) as is_not_allowed,
        bool_or(troubles > 0 and successes = 0) as has_failing_sim,
        bool_and(failing.carrier is not null) filter (where recent > 0) as fails_with_operator
    from traffic left join failing_operators as failing on traffic.carrier = failing.carrier
    group by traffic.device_id
),

asked as (
    select max(answered_at) as answered_at from raw.calls where endpoint = 'getalldevices'
),

judged as (
    select
        devices.*,
        answered_at,
        if(last_seen_at > answered_at, 0, epoch(answered_at) - epoch(last_seen_at))::bigint as silent_for,
        case
            when not is_listed then 'never listed'
            when is_not_allowed then 'not allowed to send'
            when silent_for > greatest(3 * coalesce(delay_between_requests, 10), 60)
                or (answered_at is not null and last_seen_at is null) then 'silent'
            when fails_with_operator and has_failing_sim then 'operator failing'
            when has_failing_sim then if(successes > 0, 'one SIM failing', 'not sending')
            else if(recent > 0, 'working', 'idle')
        end as state,
        phones.* exclude (device_id)
    from core.devices as devices
    cross join asked left join phones on devices.device_id = phones.device_id
),

final as (
    select
        device_id, title, state, likely_cause_en as likely_cause, first_action_en as first_action,
        last_seen_at, silent_for, answered_at,
        coalesce(recent, 0) as recent,
        coalesce(successes, 0) as successes,
        coalesce(unsettled, 0) as unsettled,
        oldest_unsettled_at, last_success_at, sim_0_last_success_at, sim_1_last_success_at
    from judged inner join seeds.device_states as states using (state)
    order by device_id
)

select * from final
