-- How many messages are held in each of some stretches of time, by status and SIM.
-- Grain: one row per stretch, status and SIM that has messages. Reads: raw.message_heads.
with

stretches as (
    select
        generate_subscripts($begins::timestamptz[], 1) - 1 as stretch,
        unnest($begins::timestamptz[]) as begin_at,
        unnest($ends::timestamptz[]) as end_at
),

counted as (
    select
        heads.status,
        heads.sim,
        unnest(binned(
            head_date($reading_column, heads), bins_of($begins::timestamptz[] || $ends::timestamptz[])
        )) as bin
    from raw.message_heads as heads
    where
        heads.gone_at is null
        and head_date($reading_column, heads) >= list_min($begins::timestamptz[])
        and head_date($reading_column, heads) < list_max($ends::timestamptz[])
    group by heads.status, heads.sim
),

final as (
    select
        stretches.stretch,
        counted.status,
        counted.sim,
        sum(counted.bin.value)::bigint as messages
    from stretches
    inner join counted
        on counted.bin.key >= stretches.begin_at and counted.bin.key < stretches.end_at
    where counted.bin.value > 0
    group by stretches.stretch, counted.status, counted.sim
)

select * from final
