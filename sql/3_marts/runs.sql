-- What ran, when, and how it ended.
-- Grain: one row per run.
-- Key: run_id
-- Reads: raw.runs
-- Note: the run that published this file has no end yet, one that was killed has none. Without a floor
--       of its own a run asks from 2010 on.
with

final as (
    select
        run_id,
        command,
        started_at,
        finished_at,
        exit_code,
        message,
        nullif(asked_since, '2010-01-01') as asked_since,
        settled_until,
        calls,
        late_calls,
        lookback_calls,
        new_versions,
        gone,
        proven_by,
        doubt,
        version
    from raw.runs
    order by started_at, run_id
)

select * from final
