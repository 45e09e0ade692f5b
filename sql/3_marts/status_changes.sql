-- Each change of a message's status, with the two askings between which it happened.
-- Grain: one row per change of a message's status.
-- Key: message_id, to_status, not_after
-- Refresh: by message
-- Reads: raw.events, staging.message_versions
-- Note: the first sighting is no change. Whether a change is possible follows the gateway's own order:
--       1 -> 3 -> 2 -> 6 -> 7 or 8, and 9 to 12, 100, 101 from 1, 3, 2. Where the gateway pushed the new
--       status between the two askings, the change was before that.
with

steps (status, place) as (
    values (1, 1), (3, 2), (2, 3), (6, 4), (7, 5), (8, 5)
),

ordered as (
    select
        message_id,
        version_id,
        lag(status) over earlier as from_status,
        lag(version_id) over earlier is null as is_first,
        status as to_status,
        previous_seen_at as not_before,
        first_seen_at as not_after
    from staging.message_versions
    window earlier as (partition by message_id order by version_id)
),

pushed as (
    select ordered.version_id, min(events.received_at) as told_at
    from ordered
    inner join raw.events as events
        on ordered.message_id = events.message_id
        and ordered.to_status = events.status
        and ordered.not_before < events.received_at
        and ordered.not_after > events.received_at
    group by ordered.version_id
),

final as (
    select
        ordered.message_id,
        ordered.from_status,
        ordered.to_status,
        ordered.not_before,
        coalesce(pushed.told_at, ordered.not_after) as not_after,
        coalesce(
            later.place > earlier.place
            or (ordered.from_status in (1, 2, 3) and ordered.to_status in (9, 10, 11, 12, 100, 101)),
            false
        ) as is_possible
    from ordered
    left join pushed on ordered.version_id = pushed.version_id
    left join steps as earlier on ordered.from_status = earlier.status
    left join steps as later on ordered.to_status = later.status
    where not ordered.is_first and ordered.from_status is distinct from ordered.to_status
    order by ordered.version_id
)

select * from final
