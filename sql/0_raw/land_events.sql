-- Keep the pushed events that are not held yet, and have the tables show what they tell anew.
-- Grain: one row per event. Reads: pushed, raw.events, raw.message_heads.
insert into raw.unbuilt
select distinct pushed.message_id
from temp.pushed as pushed
semi join raw.message_heads as heads on pushed.message_id = heads.message_id
anti join raw.events as events on pushed.event_id = events.event_id;

insert into raw.events by name
from temp.pushed as pushed
anti join raw.events as events on pushed.event_id = events.event_id
