create or replace table current_messages as
select
    id as message_id,
    created as created_at,
    status,
    deviceid as device_id,
    sim,
    sendto as recipient
from gateway.messages;

create or replace table daily as
select
    (greatest(created, timetosend) at time zone 'UTC' at time zone 'Europe/Paris')::date as day,
    count(*) as outgoing,
    count(*) filter (status = 7) as delivered,
    count(*) filter (status in (9, 10, 11, 12, 100, 101)) as failed
from gateway.messages
where status <> 5
group by all;
