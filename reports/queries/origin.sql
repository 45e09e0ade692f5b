-- What the snapshot is, how much of the period is proven, and which days have messages at all.
-- Grain: one row. Reads: snapshot_info, days, coverage, delivery_daily
with

covered as (
    select
        count(*) filter (where is_proven) as proven_days,
        count(*) as known_days
    from days
    where day between $first and $last
),

missing as (
    select count(*) as holes
    from coverage
    cross join snapshot_info
    where
        not coverage.is_proven
        and not coverage.is_tail
        and (coverage.begin_at at time zone snapshot_info.timezone)::date <= $last
        and (coverage.end_at at time zone snapshot_info.timezone)::date >= $first
),

busy as (
    select min(day) as first_busy_day, max(day) as last_busy_day
    from delivery_daily
),

final as (
    select
        snapshot_info.timezone,
        snapshot_info.version,
        snapshot_info.run_id,
        snapshot_info.built_at at time zone snapshot_info.timezone as built_local,
        snapshot_info.data_until at time zone snapshot_info.timezone as until_local,
        covered.proven_days,
        missing.holes,
        busy.first_busy_day,
        busy.last_busy_day
    from snapshot_info
    cross join covered
    cross join missing
    cross join busy
)

select * from final
