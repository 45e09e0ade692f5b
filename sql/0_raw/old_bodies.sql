-- The versions of messages that were made before an instant and still have their texts.
-- Grain: one row per version. Reads: raw.messages, raw.message_heads.
create or replace temp table old_bodies as
with

final as (
    select versions.version_id
    from raw.messages as versions
    inner join raw.message_heads as heads on versions.message_id = heads.message_id
    where
        versions.redacted is null
        and coalesce(heads.created_at, versions.first_seen_at) < $before
    order by versions.version_id
)

select * from final
