-- The stretches of time that hold messages which may still change by themselves, or have been pushed since.
-- Grain: one row per stretch; messages within six hours of each other are one.
-- Reads: raw.events, raw.message_heads, raw.windows.
-- Note: a message without a date is sought in the window that brought it. One that was still open when
--       it was last seen inside its horizon is asked for once more afterwards.
with

open as (
    select head_date($reading_column, heads) as moment, heads.call_id
    from raw.message_heads as heads
    where
        heads.gone_at is null
        and not list_contains($final_statuses, coalesce(heads.status, 0))
        and coalesce(heads.due_at, $now) > least($now, heads.asked_at) - to_hours($settle_hours)
    union
    -- an event tells another status than the last asking, which was before it
    select head_date($reading_column, heads) as moment, heads.call_id
    from raw.message_heads as heads
    inner join raw.events as events on heads.message_id = events.message_id
    where
        heads.gone_at is null
        and events.received_at > heads.asked_at
        and events.status is distinct from heads.status
        and events.status is not null
),

placed as (
    select moment as begin_at, moment + to_seconds($grain + 1) as end_at
    from open
    where moment is not null and $is_known
    union
    select windows.begin_at, windows.end_at
    from open
    inner join raw.windows as windows on open.call_id = windows.call_id
    where (open.moment is null or not $is_known) and windows.begin_at is not null
),

marked as (
    select
        *,
        begin_at > max(end_at) over (
            order by begin_at, end_at rows between unbounded preceding and 1 preceding
        ) + interval 6 hours as is_start
    from placed
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
