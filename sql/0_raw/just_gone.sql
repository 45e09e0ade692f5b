-- The statuses and SIMs of the messages that a run missed, and the stretch of time they are in.
-- Grain: one row per status and per SIM. Reads: raw.absences, raw.message_heads.
with

missed as (
    select heads.status, heads.sim, head_date($reading_column, heads) as moment
    from raw.absences as absences
    inner join raw.message_heads as heads on absences.message_id = heads.message_id
    where absences.run_id = $run_id
),

parted as (
    select 'status' as axis, status as value, moment
    from missed
    union all
    select 'sim' as axis, sim as value, moment
    from missed
),

final as (
    select axis, value, min(moment) as begin_at, max(moment) as end_at
    from parted
    where value is not null and moment is not null
    group by axis, value
)

select * from final
