-- The messages are those of raw, through staging and core: none lost, none twice, none made up.
-- Reads: raw.message_heads, staging.message_versions, core.messages, marts.messages
-- Note: a sum of hashes is the same only for the same ids, each as often. A message's first version is
--       the one that none was seen before.
with

counted as (
    select 'raw' as place, count(*) as messages, sum(hash(message_id)) as ids
    from raw.message_heads
    union all
    select 'staging', count(*), sum(hash(message_id))
    from staging.message_versions
    where previous_seen_at is null
    union all
    select 'core', count(*), sum(hash(message_id)) from core.messages
    union all
    select 'published', count(*), sum(hash(message_id)) from marts.messages
)

select *
from counted
where (messages, ids) is distinct from (
    select (raw.messages, raw.ids) from counted as raw where raw.place = 'raw'
)
