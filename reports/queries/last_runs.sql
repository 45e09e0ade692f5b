-- The last runs up to the one that published the snapshot.
-- Grain: one row per run, the newest first. Reads: runs, snapshot_info
with

final as (
    select
        runs.run_id,
        runs.command,
        runs.started_at at time zone info.timezone as started,
        runs.exit_code,
        runs.calls,
        runs.new_versions,
        runs.gone
    from runs
    cross join snapshot_info as info
    order by runs.started_at desc, runs.run_id
    limit 5
)

select * from final
