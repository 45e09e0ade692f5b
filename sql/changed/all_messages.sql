-- All messages, in parts of so many.
-- Grain: one row per message. Reads: raw.message_heads
with

final as (
    select message_id, (row_number() over (order by message_id) - 1) // $part_rows as part
    from raw.message_heads
)

select * from final
