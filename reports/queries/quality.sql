-- What is odd about the messages of the period, and what the last run changed of older ones.
-- Grain: one row. Reads: messages, status_changes, runs, snapshot_info
-- Note: late is a change that the run of this snapshot saw of a message that was first seen before that run.
with

this_run as (
    select info.run_id, info.privacy, runs.started_at, runs.proven_by, runs.doubt
    from snapshot_info as info
    left join runs on info.run_id = runs.run_id
),

due as (
    select *
    from messages
    where day between $first and $last and ($device::bigint is null or device_id = $device::bigint)
),

odd as (
    select
        count(*) filter (direction = 'outgoing' and gone_at is null) as outgoing,
        count(*) filter (outcome = 'unknown' and gone_at is null) as unknown,
        count(*) filter (gone_at is not null) as gone,
        count(*) filter (is_stuck) as stuck,
        count(*) filter (is_time_ambiguous and gone_at is null) as ambiguous,
        count(*) - count(distinct message_id) as doubles
    from due
),

changed as (
    select
        count(distinct changes.message_id) as late,
        count(distinct changes.message_id) filter (not changes.is_possible) as impossible
    from status_changes as changes
    inner join due on changes.message_id = due.message_id
    cross join this_run
    where changes.not_after >= this_run.started_at and due.first_seen_at < this_run.started_at
),

final as (
    select
        odd.*,
        changed.late,
        changed.impossible,
        this_run.privacy,
        this_run.proven_by,
        this_run.doubt,
        (select count(*) from days where day between $first and $last) as known_days
    from odd
    cross join changed
    cross join this_run
)

select * from final
