-- How far the data reach, and the default period: the last 28 local days up to there.
-- Grain: one row. Reads: snapshot_info
with

final as (
    select
        timezone,
        data_until at time zone timezone as until_local,
        (coalesce(data_until, built_at) at time zone timezone)::date as last_day,
        last_day - 27 as first_day
    from snapshot_info
)

select * from final
