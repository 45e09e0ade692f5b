-- The state of each message in one rendition: the last ones lack in the first. Grain: one row per message.
-- Reads: drawn. Note: as the variable `changed` says.
create or replace temp view state as
select
    * exclude (was_status, is_status, was_sent, is_sent),
    if(getvariable('changed'), is_status, was_status) as status,
    if(getvariable('changed'), is_sent, was_sent) as sent_at
from drawn
where era = 0 or getvariable('changed');

create or replace temp table sizes (r bigint, size bigint);
