create or replace table current_messages as
select
    id as message_id,
    created__date as created_at,
    status::integer as status,
    deviceid as device_id,
    sim::integer as sim,
    sendto as recipient
from gateway.messages;

create or replace table daily as
select
    (greatest(created__date, timetosend__date) at time zone 'Europe/Paris')::date as day,
    count(*) as outgoing,
    count(*) filter (status = 7) as delivered,
    count(*) filter (status in (9, 10, 11, 12, 100, 101)) as failed
from gateway.messages
where status <> 5
group by all;
