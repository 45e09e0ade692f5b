-- How each phone does, in words: whether it asks for work, whether what it gets leaves it, if not, why.
-- Grain: one row per device ever listed or met in a message.
-- Reads: core.devices, core.messages, core.sims, raw.calls, seeds.device_states
-- Note: recent is due in the last 24 hours. Silent is longer without a sign of life than three of its own
--       askings, and a minute. An operator fails where nothing recent left any of two or more phones.
with

outgoing as (
    select
        *,
        outcome in ('delivered', 'sent') as is_success,
        due_at between moment.at - interval 1 day and moment.at as is_recent,
        outcome in ('open', 'sent', 'unknown')
        and due_at + to_hours(getvariable('settle_hours')) >= moment.at as is_unsettled
    from core.messages
    cross join (select getvariable('data_until')::timestamptz as at) as moment
    where outcome <> 'incoming' and gone_at is null
),

traffic as (
    select
        outgoing.device_id,
        outgoing.sim,
        any_value(sims.carrier) as carrier,
        count(*) filter (where is_recent) as recent,
        count(*) filter (where is_recent and is_success) as successes,
        count(*) filter (where is_recent and status in (100, 101)) as not_allowed,
        count(*) filter (where is_unsettled) as unsettled,
        min(due_at) filter (where is_unsettled) as oldest_unsettled_at,
        max(due_at) filter (where is_success) as last_success_at
    from outgoing
    left join core.sims as sims
        on outgoing.device_id = sims.device_id and outgoing.sim = sims.slot and sims.valid_to is null
    group by outgoing.device_id, outgoing.sim
),

failing_operators as (
    select carrier
    from traffic where recent > 0 and carrier is not null
    group by carrier having count(distinct device_id) > 1 and sum(successes) = 0
),

phones as (
    select
        traffic.device_id,
        sum(recent)::bigint as recent,
        sum(successes)::bigint as successes,
        bool_or(not_allowed > 0) as is_not_allowed,
        sum(unsettled)::bigint as unsettled,
        min(oldest_unsettled_at) as oldest_unsettled_at,
        max(last_success_at) as last_success_at,
        max(last_success_at) filter (where sim = 0) as sim_0_last_success_at,
        max(last_success_at) filter (where sim = 1) as sim_1_last_success_at,
        bool_or(recent > 0 and successes = 0) as has_failing_sim,
        bool_and(failing.carrier is not null) filter (where recent > 0) as fails_with_operator
    from traffic left join failing_operators as failing on traffic.carrier = failing.carrier
    group by traffic.device_id
),

answers as (
    select max(answered_at) as answered_at from raw.calls where endpoint = 'getalldevices'
),

judged as (
    select
        devices.device_id,
        devices.title,
        devices.last_seen_at,
        answers.answered_at,
        if(last_seen_at > answered_at, 0, epoch(answered_at - last_seen_at))::bigint as silent_for,
        case
            when not devices.is_listed then 'never listed'
            when is_not_allowed then 'not allowed to send'
            when silent_for > greatest(3 * coalesce(devices.delay_between_requests, 10), 60) then 'silent'
            when fails_with_operator then 'operator failing'
            when has_failing_sim and successes > 0 then 'one SIM failing'
            when has_failing_sim then 'not sending'
            else if(recent > 0, 'working', 'idle')
        end as state,
        phones.* exclude (device_id)
    from core.devices as devices
    cross join answers left join phones on devices.device_id = phones.device_id
),

final as (
    select
        judged.* exclude (is_not_allowed, has_failing_sim, fails_with_operator)
        replace (
            coalesce(recent, 0) as recent,
            coalesce(successes, 0) as successes,
            coalesce(unsettled, 0) as unsettled
        ),
        states.likely_cause_en as likely_cause,
        states.first_action_en as first_action
    from judged
    inner join seeds.device_states as states on judged.state = states.state
    order by judged.device_id
)

select * from final
