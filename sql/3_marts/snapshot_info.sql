-- What this file is: when it was built, up to when its data reach, in which zone its days are.
-- Grain: one row.
-- Key: built_at
-- Reads: nothing
with

final as (
    select
        getvariable('built_at')::timestamptz as built_at,
        getvariable('data_until')::timestamptz as data_until,
        getvariable('timezone')::varchar as timezone,
        getvariable('version')::varchar as version,
        getvariable('run_id')::varchar as run_id,
        getvariable('privacy')::varchar as privacy
)

select * from final
