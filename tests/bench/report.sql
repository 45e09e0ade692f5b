-- The published tables that a report reads, of many messages of 90 days: made at once, not by a build.
-- Note: run on a copy of a small snapshot, whose other tables stay; `messages`, `phones` are variables.
create or replace temp table lots as
select
    i::bigint as i,
    (1000 + i % getvariable('phones'))::bigint as device_id,
    (hash(i * 13) % 2)::integer as sim,
    hash(i) % 1000 as luck,
    case
        when luck < 50 then 'failed'
        when luck < 70 then 'undelivered'
        when luck < 75 then 'open'
        when luck < 140 then 'incoming'
        when luck < 300 then 'sent'
        else 'delivered'
    end as outcome,
    timestamptz '2026-11-02 09:00:00+00' - to_seconds((i * 90 * 86400.0 / getvariable('messages'))::bigint) as due_at,
    due_at at time zone 'Europe/Paris' as due_local
from range(getvariable('messages')) as numbers (i);

create or replace table messages as
select
    i as message_id,
    if(outcome = 'incoming', 'incoming', 'outgoing') as direction,
    case outcome
        when 'delivered' then 7
        when 'sent' then 6
        when 'open' then 1
        when 'incoming' then 5
        when 'undelivered' then 8
        else [9, 10, 11, 12, 100, 101, 9, 12, 12][1 + (hash(i * 7) % 9)::bigint]
    end::integer as status,
    'status' as status_title,
    outcome,
    if(outcome in ('failed', 'undelivered'), status, null) as failure_code,
    device_id,
    sim,
    'Carrier ' || (device_id % 11) as sim_carrier,
    nullif(hash(i * 3) % 60, 0)::bigint as customer_id,
    if(hash(i * 5) % 3 = 0, hash(i * 11) % 40, null)::bigint as newsletter_id,
    'Letter ' || newsletter_id as newsletter_title,
    '+336*****' || (i % 90 + 10) as recipient,
    md5((hash(i) % 200000)::varchar) as recipient_key,
    ['FR', 'DE', 'GB', 'AU', 'ES', 'IT', 'BE', 'CH'][1 + (hash(i * 17) % 8)::bigint] as recipient_country,
    due_at as created_at,
    due_at,
    due_local,
    due_at as sent_at,
    due_local as sent_local,
    due_local::date as day,
    due_at as first_seen_at,
    due_at as settled_at,
    null::timestamptz as gone_at,
    false as is_stuck,
    false as is_time_ambiguous,
    false as is_urgent,
    100::bigint as body_length,
    null::varchar as body,
    if(outcome = 'incoming' and i % 9 = 0, 'stop', null) as stop_word
from lots;

create or replace table delivery_daily as
select
    day,
    device_id,
    sim,
    count(*) as outgoing,
    count(*) filter (outcome = 'delivered') as delivered,
    count(*) filter (outcome = 'sent') as sent,
    count(*) filter (outcome = 'undelivered') as undelivered,
    count(*) filter (outcome = 'failed') as failed,
    count(*) filter (outcome = 'open') as open,
    count(*) filter (outcome = 'unknown') as unknown,
    0::bigint as gone,
    count(distinct recipient_key) as recipients
from messages
where direction = 'outgoing'
group by all;

create or replace table failures_daily as
select
    day,
    device_id,
    sim,
    failure_code as code,
    count(*) as messages,
    count(distinct recipient_key) as recipients,
    0.1 as share_of_outgoing
from messages
where failure_code is not null
group by all;

create or replace table incoming_daily as
select day, device_id, sim, count(*) as messages, count(distinct recipient_key) as senders, count(*) // 10 as replies
from messages
where direction = 'incoming'
group by all;

create or replace temp table phones as
select 1000 + i as device_id, 'Phone ' || i as title, if(i % 20 = 3, 'silent', 'working') as state
from range(getvariable('phones')) as numbers (i);

create or replace table devices as
select one.* replace (phones.device_id as device_id, phones.title as title)
from phones, (from devices limit 1) as one;

create or replace table device_health as
select one.* replace (phones.device_id as device_id, phones.title as title, phones.state as state)
from phones, (from device_health order by likely_cause nulls last limit 1) as one;

create or replace table device_history as
select one.* replace (phones.device_id as device_id)
from phones, (from device_history limit 1) as one;

create or replace table device_sims as
select one.* replace (phones.device_id as device_id, slots.sim as sim, 'Carrier ' || (phones.device_id % 11) as carrier)
from phones, (select unnest([0, 1])::integer as sim) as slots, (from device_sims where is_current limit 1) as one;

create or replace table days as
select day, true as is_proven, count(*) as messages, 24 as hours
from messages
group by all;
