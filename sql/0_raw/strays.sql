-- The askings that brought messages from outside what was asked: then the reading of bounds is wrong.
-- Grain: one row per asking. Reads: arrivals, asked, raw.message_heads.
-- Note: a message whose date is not sure is no witness. A second more at each end is asked on purpose.
with

final as (
    select distinct asked.asking
    from arrivals
    inner join raw.message_heads as heads on arrivals.message_id = heads.message_id
    inner join asked on arrivals.asking = asked.asking
    where
        asked.is_placed
        and heads.is_sure
        and arrivals.payload_hash = heads.payload_hash
        and not (
            head_date($reading_column, heads)
            between asked.begin_at - to_seconds($grain + 1) and asked.end_at + to_seconds($grain + 1)
        )
)

select * from final
