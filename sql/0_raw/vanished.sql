-- Note the messages that a whole window should have brought and did not: they have vanished.
-- Grain: one row per message. Reads: asked, raw.message_heads.
-- Note: those near a bound are left to the neighbouring window, and to the next asking.
insert into raw.absences
select distinct on (heads.message_id) heads.message_id, $run_id, asked.noticed_at
from raw.message_heads as heads
inner join asked
    on
        head_date($reading_column, heads) - to_hours(if(heads.is_sure, 0, 3)) > asked.begin_at
        and head_date($reading_column, heads) + to_hours(if(heads.is_sure, 0, 3))
        < asked.end_at - to_seconds($grain)
        and heads.asked_at < asked.asked_at
where asked.is_placed and asked.is_whole and heads.gone_at is null
