-- Keep for each message of a batch which version is the latest and who showed it. Reads: arrivals.
-- Note: the hash is of the payload as received, also where it is no JSON that DuckDB reads.
merge into raw.message_heads as heads
using (
    select
        message_id,
        payload_hash,
        try_cast(payload ->> '$.status' as integer) as status,
        greatest(
            try_cast(payload ->> '$.created.date' as timestamp),
            try_cast(payload ->> '$.timetosend.date' as timestamp)
        ) as due_text,
        asked_at,
        call_id
    from (select * replace (if(json_valid(payload), payload, '{}') as payload) from arrivals)
    qualify row_number() over (partition by message_id order by asked_at desc, call_id desc) = 1
) as latest
on heads.message_id = latest.message_id
when matched then update
when not matched then insert
