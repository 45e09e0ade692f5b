-- The moment nearest to a wanted one that has no message close by: counts on both sides are then sure.
-- Grain: one row at the most, in seconds since 1970. Reads: raw.message_heads.
with

near as (
    select head_date($reading_column, heads) as moment
    from raw.message_heads as heads
    where
        head_date($reading_column, heads)
        between $wanted::timestamptz - to_hours($reach) and $wanted::timestamptz + to_hours($reach)
    union
    select unnest([$wanted::timestamptz - to_hours($reach), $wanted::timestamptz + to_hours($reach)])
),

gaps as (
    select moment, lead(moment) over (order by moment) as following
    from near
),

final as (
    select (epoch(moment)::bigint + epoch(following)::bigint) // 2 as quiet_at
    from gaps
    where following - moment > to_seconds(6 * $grain)
    order by abs(epoch(moment) - epoch($wanted::timestamptz))
    limit 1
)

select * from final
