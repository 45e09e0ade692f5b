-- The dates of some messages as epoch seconds, by the column that bounds may be compared with.
-- Grain: one row per message whose time of creation is sure. Reads: raw.message_heads.
with

final as (
    select
        message_id,
        epoch(created_at)::bigint as created,
        epoch(due_at)::bigint as due,
        epoch(coalesce(scheduled_at, created_at))::bigint as planned,
        epoch(scheduled_at)::bigint as scheduled,
        epoch(sent_at)::bigint as sent
    from raw.message_heads
    where list_contains($ids, message_id) and is_sure
)

select * from final
