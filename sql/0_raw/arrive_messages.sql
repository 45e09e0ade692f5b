-- Compare the records of a batch of bodies with the latest versions held.
-- Grain: one row per record received that is not older than what is held.
-- Reads: the batch, raw.message_heads.
-- Note: an id may stand in several bodies of one batch; each is compared with the one asked before it.
create or replace temp table arrivals as
with

received as (
    select *, md5_number(payload) as payload_hash
    from read_parquet($files)
    qualify row_number() over (partition by message_id, call_id) = 1
),

compared as (
    select
        received.*,
        coalesce(lag(received.payload_hash) over earlier, heads.payload_hash) as previous_hash,
        coalesce(lag(received.asked_at) over earlier, heads.asked_at) as previous_seen_at
    from received
    left join raw.message_heads as heads on received.message_id = heads.message_id
    where heads.asked_at is null or received.asked_at >= heads.asked_at
    window earlier as (
        partition by received.message_id order by received.asked_at, received.call_id
    )
),

final as (
    select
        * exclude (previous_hash, previous_seen_at),
        previous_hash is distinct from payload_hash as is_new,
        if(previous_hash is null, null, previous_seen_at) as previous_seen_at,
        null::varchar as redacted
    from compared
)

select * from final
