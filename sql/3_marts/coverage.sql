-- What of the history is proven, where the holes are, and the newest part that cannot be proven yet.
-- Grain: one row per stretch of time in one state.
-- Key: begin_at
-- Reads: core.coverage, core.messages
-- Note: messages are counted by the time they were created.
with

final as (
    select
        coverage.begin_at,
        coverage.end_at,
        coverage.state,
        coverage.is_proven,
        coverage.is_tail,
        count(messages.message_id) as messages
    from core.coverage as coverage
    left join core.messages as messages
        on
            messages.created_at >= coverage.begin_at
            and messages.created_at < coverage.end_at
            and messages.gone_at is null
    group by all
    order by coverage.begin_at
)

select * from final
