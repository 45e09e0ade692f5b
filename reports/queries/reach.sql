-- How much there is to report on, in the period and around it, for all phones and for those asked for.
-- Grain: one row. Reads: delivery_daily, messages, coverage, devices, runs,
-- snapshot_info
with

daily as (
    select day, device_id, outgoing
    from delivery_daily
    where $device::bigint is null or device_id = $device::bigint
),

around as (
    select
        coalesce(sum(outgoing) filter (day between $first and $last), 0)::bigint as asked_here,
        max(day) filter (day < $first) as nearest_before,
        min(day) filter (day > $last) as nearest_after,
        greatest($last::date - min(day) + 1, 0)::bigint as history_days
    from daily
),

final as (
    select
        around.*,
        (
            select coalesce(sum(outgoing), 0)::bigint from delivery_daily where day between $first and $last
        ) as asked_all,
        (
            select count(*)
            from messages
            where
                direction = 'outgoing'
                and gone_at is null
                and day between $before_first and $before_last
                and due_local < $before_until
                and ($device::bigint is null or device_id = $device::bigint)
        ) as before,
        (
            select (min(coverage.begin_at) at time zone any_value(info.timezone))::date
            from coverage
            cross join snapshot_info as info
            where coverage.state <> 'never_asked'
        ) as first_known,
        (
            $device::bigint is null
            or exists (from devices where device_id = $device::bigint)
        ) as is_known,
        (select max_by(doubt, started_at) from runs where settled_until is not null) as doubt
    from around
)

select * from final
