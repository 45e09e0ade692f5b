-- What must come out of a rendition: the typed state of each message, and the counts of each day.
-- Grain: see each table. Reads: state, sizes. Note: from the drawn values, never from the JSON. A day is
-- the local one, in Paris, of when a message was due; an incoming message is in no count.
create or replace temp table truth as
select
    r,
    (sum(size + 1) over (order by r) - size - 1)::bigint as start,
    size,
    message_id,
    created,
    to_timestamp(created) as created_at,
    to_timestamp(greatest(created, due)) as due_at,
    to_timestamp(sent_at) as sent_at,
    (due_at at time zone 'Europe/Paris')::date as day,
    status::integer as status,
    case
        when status = 7 then 'delivered'
        when status = 6 then 'sent'
        when status = 8 then 'undelivered'
        when status in (9, 10, 11, 12, 100, 101) then 'failed'
        when status in (1, 2, 3) then 'open'
        when status = 5 then 'incoming'
        else 'unknown'
    end as outcome,
    if(outcome in ('undelivered', 'failed'), status, null)::integer as failure_code,
    device_id,
    sim::integer as sim,
    customer_id as customer_shown,
    nullif(customer_id, 0) as customer_id,
    9001 + burst as newsletter_id,
    recipient
from state
inner join sizes using (r)
order by r;

create or replace temp macro told() as table
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
    count(distinct recipient) as recipients
from truth
where outcome <> 'incoming'
group by grouping sets ((day, device_id, sim), (day));

create or replace temp table delivery_daily as
from told() where device_id is not null order by day, device_id, sim;

create or replace temp table days as
select * exclude (device_id, sim) from told() where device_id is null order by day;
