-- What a build makes anew, part by part, so that no part is too large for its memory.
-- Grain: one row per message, one per day, one per import. Reads: nothing. Note: while a build lasts.
create or replace temp table changed_messages (message_id bigint, part bigint);
create or replace temp table changed_days (day date, part bigint);
create or replace temp table changed_imports (import_id varchar, part bigint);
