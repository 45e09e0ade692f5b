-- Note the messages of a batch that the tables must show anew: changed ones, and ones that came back.
-- Grain: one row per message. Reads: arrivals, raw.message_heads.
insert into raw.unbuilt
select distinct arrivals.message_id
from arrivals
left join raw.message_heads as heads on arrivals.message_id = heads.message_id
where arrivals.is_new or heads.gone_at is not null
