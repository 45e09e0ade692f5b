-- Note the messages that a whole window should have brought and did not: they have vanished.
-- Grain: one row per message. Reads: asked, raw.message_heads.
-- Note: a window is asked from a second early on, so its begin is inside; its end may not be. Those whose
--       date is not sure are left out near a bound.
insert into raw.absences
select distinct on (heads.message_id) heads.message_id, $run_id, asked.noticed_at
from raw.message_heads as heads
inner join asked
    on
        head_date($reading_column, heads) >= asked.begin_at
        and head_date($reading_column, heads) < asked.end_at
        and (
            heads.is_sure
            or (
                head_date($reading_column, heads) - interval 3 hours >= asked.begin_at
                and head_date($reading_column, heads) + interval 3 hours < asked.end_at
            )
        )
        and heads.asked_at < asked.asked_at
where asked.is_placed and asked.is_whole and heads.gone_at is null
