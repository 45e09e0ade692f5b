-- Messages straight in raw: from number first to last, in a version of theirs.
-- Grain: one row per message. Reads: nothing. Note: the same number is always the same message.
create or replace temp table made as
with

drawn as (
    select
        i,
        (hash(i) >> 1)::bigint as h,
        getvariable('until')::timestamptz - to_milliseconds(((getvariable('messages') - i) * 94694400000 // getvariable('messages'))::bigint)
            as created_at
    from range(getvariable('first'), getvariable('last')) as numbers (i)
),

decided as (
    select
        *,
        h % 997 < 30 as is_incoming,
        case
            when is_incoming then 5
            when getvariable('version') = 1 and (h // 7) % 10 = 0 then 6
            else [7, 7, 7, 7, 7, 7, 7, 6, 8, 9, 10, 12, 7, 7, 7, 100][(h // 1000) % 16 + 1]
        end as status,
        if(i > getvariable('messages') - 4000 and getvariable('version') = 1, 1, status) as status_now,
        strftime(created_at, '%Y-%m-%d %H:%M:%S') as created_text,
        strftime(created_at + to_seconds((h // 11 % 90)::bigint), '%Y-%m-%d %H:%M:%S') as sent_text
    from drawn
),

final as (
    select
        60000000 + i as message_id,
        status_now as status,
        100 + (h // 3 % 50)::bigint as device_id,
        (h // 5 % 2)::integer as sim,
        if(h % 4 = 0, (h // 13 % 200)::bigint, 0) as customer_id,
        created_at,
        format(
            '{{"id":{},"sendto":"+336{:08d}","body":"Your code is {}. It holds for ten minutes.","customerid":{},'
            || '"status":{},"statustitle":"Status","deviceid":{},"urgent":null,'
            || '"created":{{"date":"{}.000000","timezone_type":3,"timezone":"UTC"}},'
            || '"senttime":{},"timetosend":null,"sim":{},"paketid":null,"pakettitle":null,"paketbody":null}}',
            message_id, 12000000 + h // 17 % 400000, h % 1000000, customer_id, status_now, device_id,
            created_text,
            if(
                status_now in (6, 7, 8),
                '{"date":"' || sent_text || '.000000","timezone_type":3,"timezone":"UTC"}', 'null'
            ),
            sim
        ) as payload,
        md5_number(payload) as payload_hash
    from decided
)

select * from final;
