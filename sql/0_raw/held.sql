-- How many messages are held in each of some stretches of time, by status and SIM.
-- Grain: one row per stretch, status and SIM. Reads: raw.message_heads.
with

stretches as (
    select
        generate_subscripts($begins::timestamptz[], 1) as stretch,
        unnest($begins::timestamptz[]) as begin_at,
        unnest($ends::timestamptz[]) as end_at
),

final as (
    select
        stretches.stretch - 1 as stretch,
        heads.status,
        heads.sim,
        count(*) as messages,
        count(*) filter (where not heads.is_sure) as unsure
    from stretches
    inner join raw.message_heads as heads
        on
            head_date($reading_column, heads) >= stretches.begin_at
            and head_date($reading_column, heads) < stretches.end_at
    where heads.gone_at is null
    group by stretches.stretch, heads.status, heads.sim
)

select * from final
