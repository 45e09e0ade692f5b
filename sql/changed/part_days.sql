-- The days to make anew in parts of about so many messages; where none are noted, all days.
-- Grain: one row per day. Reads: changed_days, core.messages
with

counted as (
    select day, count(*) as messages
    from core.messages
    group by day
),

chosen as (
    select
        coalesce(days.day, counted.day) as day,
        coalesce(counted.messages, 0) as messages
    from changed_days as days
    full join counted on days.day = counted.day
    where days.day is not null or $is_full
),

final as (
    select day, (sum(messages) over (order by day) // $part_rows)::bigint as part
    from chosen
)

select * from final
