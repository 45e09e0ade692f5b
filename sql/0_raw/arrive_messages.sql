-- Compare the records of a batch of bodies with the latest versions held.
-- Grain: one row per record received that is not older than what is held.
-- Reads: the batch, raw.message_heads.
-- Note: an id may stand in several bodies of one batch; each is compared with the one asked before it.
create or replace temp table arrivals as
with

received as (
    select
        *,
        md5_number(payload) as payload_hash,
        row_number() over (partition by message_id, call_id) as copy
    from read_parquet($files)
),

compared as (
    select
        received.*,
        coalesce(
            lag(received.payload_hash) over (
                partition by received.message_id
                order by received.asked_at, received.call_id
            ),
            heads.payload_hash
        ) as previous_hash
    from received
    left join raw.message_heads as heads on received.message_id = heads.message_id
    where received.copy = 1 and (heads.asked_at is null or received.asked_at >= heads.asked_at)
),

final as (
    select
        message_id,
        payload,
        payload_hash,
        call_id,
        asked_at,
        answered_at,
        previous_hash is distinct from payload_hash as is_new
    from compared
)

select * from final
