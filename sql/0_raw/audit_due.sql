-- The days of settled history that were not read for long: each is due again once within $days days.
-- Grain: one row per UTC day. Reads: raw.message_heads.
-- Note: a day's own number spreads the days, so that those fetched together are not due together.
with

days as (
    select
        date_trunc('day', head_date($reading_column, heads)) as begin_at,
        min(heads.asked_at) as read_at
    from raw.message_heads as heads
    where
        heads.gone_at is null
        and head_date($reading_column, heads) < $until
        -- no day is due before that; most messages were read since
        and heads.asked_at < $now::timestamptz - to_hours($days * 12)
    group by begin_at
),

final as (
    select begin_at, begin_at + interval 1 day as end_at
    from days
    where
        read_at < $now::timestamptz
        - to_hours($days * 12 + (hash(epoch(begin_at)) % ($days * 12))::integer)
    order by read_at
)

select * from final
