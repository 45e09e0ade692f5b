-- What a build makes anew, part by part, so that no part is too large for its memory.
-- Grain: one row per message, one per day. Reads: nothing. Note: for as long as a build lasts.
create or replace temp table changed_messages (message_id bigint, part bigint);
create or replace temp table changed_days (day date, part bigint);
