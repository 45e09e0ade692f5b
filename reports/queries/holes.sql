-- The stretches of the period that nothing proves: messages may be missing in them.
-- Grain: one row per stretch. Reads: coverage, snapshot_info
with

final as (
    select
        greatest(coverage.begin_at at time zone info.timezone, $first::date::timestamp) as begin_local,
        least(coverage.end_at at time zone info.timezone, ($last::date + 1)::timestamp) as end_local,
        coverage.state,
        coverage.messages
    from coverage
    cross join snapshot_info as info
    where
        not coverage.is_proven
        and not coverage.is_tail
        and coverage.begin_at at time zone info.timezone < ($last::date + 1)::timestamp
        and coverage.end_at at time zone info.timezone > $first::date::timestamp
    order by begin_local
    limit 50
)

select * from final
