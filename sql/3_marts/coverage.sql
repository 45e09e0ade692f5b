-- What of the history is proven, where the holes are, and the newest part that cannot be proven yet.
-- Grain: one row per stretch of time in one state.
-- Key: begin_at
-- Reads: core.coverage, core.messages
-- Note: messages are counted by the time they were created.
with

counted as (
    select unnest(binned(
        created_at, coalesce((select bins_of(list(begin_at) || list(end_at)) from core.coverage), [])
    )) as bin
    from core.messages
    where gone_at is null
),

final as (
    select
        coverage.begin_at,
        coverage.end_at,
        coverage.state,
        coverage.is_proven,
        coverage.is_tail,
        coalesce(sum(counted.bin.value), 0)::bigint as messages
    from core.coverage as coverage
    left join counted
        on counted.bin.key >= coverage.begin_at and counted.bin.key < coverage.end_at
    group by all
    order by coverage.begin_at
)

select * from final
