-- The stretches of history that are proven, merged. Grain: one row per stretch. Reads: raw.pieces.
with

proven as (
    select begin_at, end_at
    from raw.pieces
    where is_proven
),

marked as (
    select
        *,
        begin_at > max(end_at) over (
            order by begin_at, end_at rows between unbounded preceding and 1 preceding
        ) as is_start
    from proven
),

numbered as (
    select *, count(*) filter (where is_start) over (order by begin_at, end_at) as stretch
    from marked
),

final as (
    select min(begin_at) as begin_at, max(end_at) as end_at
    from numbered
    group by stretch
    order by begin_at
)

select * from final
