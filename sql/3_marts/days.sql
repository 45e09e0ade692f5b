-- Every local day of the asked history, also the quiet ones.
-- Grain: one row per day in the reporting zone.
-- Key: day
-- Reads: core.coverage, core.messages, raw.runs
-- Note: a day is proven when all of it is; the last day mostly is not yet.
with

span as (
    select
        coalesce(
            (
                select min(asked_since) from raw.runs having min(asked_since) > '2010-01-01'
            ),
            (
                select min(created_at) from core.messages
            )
        ) at time zone getvariable('timezone') as first_moment,
        greatest(
            (
                select min(moment)
                from (
                    select max(end_at) - interval 1 second as moment from core.coverage
                    union all
                    select getvariable('built_at')::timestamptz as moment
                ) as ends
                having count(moment) = 2
            ),
            getvariable('data_until')::timestamptz
        ) at time zone getvariable('timezone') as last_moment
),

calendar as (
    select unnest(generate_series(first_moment::date, last_moment::date, interval 1 day))::date as day
    from span
),

edged as (
    select
        day,
        list_min(wall_instants(day::timestamp, getvariable('timezone'))) as begin_at,
        list_min(
            wall_instants((day + interval 1 day)::timestamp, getvariable('timezone'))
        ) as end_at
    from calendar
),

proven as (
    select
        edged.day,
        sum(
            epoch(least(coverage.end_at, edged.end_at))
            - epoch(greatest(coverage.begin_at, edged.begin_at))
        ) as seconds
    from edged
    inner join core.coverage as coverage
        on coverage.begin_at < edged.end_at and coverage.end_at > edged.begin_at
    where coverage.is_proven
    group by edged.day
),

counted as (
    select day, count(*) as messages
    from core.messages
    where gone_at is null
    group by day
),

final as (
    select
        edged.day,
        coalesce(proven.seconds >= epoch(edged.end_at) - epoch(edged.begin_at), false) as is_proven,
        coalesce(counted.messages, 0) as messages,
        datediff('hour', edged.begin_at, edged.end_at)::integer as hours
    from edged
    left join counted on edged.day = counted.day
    left join proven on edged.day = proven.day
    order by edged.day
)

select * from final
