-- Note the versions that others have followed before an instant: of them only the statuses are of use.
-- Grain: one row per version, never a message's latest. Reads: raw.messages.
create or replace temp table superseded as
with

several as (
    select message_id
    from raw.messages
    group by message_id
    having count(*) > 1
),

followed as (
    select
        version_id,
        lead(first_seen_at) over (partition by message_id order by version_id) as followed_at
    from raw.messages
    semi join several on raw.messages.message_id = several.message_id
),

final as (
    select version_id
    from followed
    where followed_at < $before
)

select * from final
