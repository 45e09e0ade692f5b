-- The last five messages of each phone in the period that did not arrive; numbers as in the snapshot.
-- Grain: one row per message. Reads: messages, failure_codes
with

final as (
    select
        messages.device_id,
        messages.due_local,
        messages.sim,
        messages.recipient,
        messages.failure_code as code,
        codes.label
    from messages
    inner join failure_codes as codes on messages.failure_code = codes.code
    where
        messages.gone_at is null
        and messages.day between $first and $last
        and ($device::bigint is null or messages.device_id = $device::bigint)
    qualify row_number() over (
        partition by messages.device_id order by messages.due_at desc, messages.message_id desc
    ) <= 5
    order by messages.device_id, messages.due_at desc, messages.message_id desc
)

select * from final
