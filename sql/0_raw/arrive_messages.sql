-- Compare the records of a batch of bodies with the latest versions held.
-- Grain: one row per record received that is not older than what is held.
-- Reads: the batch, raw.message_heads.
-- Note: an id may stand in several bodies of one batch; each is compared with the one asked before it, and
--       they come last, in that order. is_last: of its message; is_newest: of the new ones of its message.
create or replace temp table arrivals as
with

bodies as (
    select unnest($calls) as call_id, unnest($askings)::integer as asking
),

repeated as (
    select message_id
    from read_parquet($files)
    group by message_id
    having count(*) > 1
),

alone as (
    select *, md5_number(payload) as payload_hash
    from read_parquet($files)
    inner join bodies using (call_id)
    anti join repeated using (message_id)
),

together as (
    select *, md5_number(payload) as payload_hash
    from read_parquet($files)
    inner join bodies using (call_id)
    semi join repeated using (message_id)
    qualify row_number() over (partition by message_id, call_id) = 1
),

alone_compared as (
    select
        alone.*,
        heads.payload_hash as previous_hash,
        heads.asked_at as previous_asked_at,
        true as is_last
    from alone
    left join raw.message_heads as heads on alone.message_id = heads.message_id
    where heads.asked_at is null or alone.asked_at >= heads.asked_at
),

together_compared as (
    select
        together.*,
        coalesce(lag(together.payload_hash) over earlier, heads.payload_hash) as previous_hash,
        coalesce(lag(together.asked_at) over earlier, heads.asked_at) as previous_asked_at,
        lead(together.call_id) over earlier is null as is_last
    from together
    left join raw.message_heads as heads on together.message_id = heads.message_id
    where heads.asked_at is null or together.asked_at >= heads.asked_at
    window earlier as (
        partition by together.message_id order by together.asked_at, together.call_id
    )
),

several as (
    select
        *,
        previous_hash is distinct from payload_hash as is_new,
        is_new and row_number() over (
            partition by message_id, is_new order by asked_at desc, call_id desc
        ) = 1 as is_newest
    from together_compared
    order by asked_at, call_id
),

compared as (
    select *, previous_hash is distinct from payload_hash as is_new, is_new as is_newest
    from alone_compared
    union all
    from several
),

final as (
    select
        * exclude (previous_hash, previous_asked_at),
        if(previous_hash is null, null, previous_asked_at) as previous_seen_at,
        null::varchar as redacted
    from compared
)

select * from final
