-- The records of others that mention a number: in the text, or where nobody can read them.
-- Grain: one row per record. Reads: records. Note: national is the number as it is dialled at home.
create or replace temp table mentions as
with

final as (
    select
        message_id,
        call_id,
        case
            when not json_valid(payload) then '{}'
            else textless(payload, starred(json_extract_string(payload, '$.body'), null))
        end as payload
    from records
    where
        contains(
            dialled(if(json_valid(payload), json_extract_string(payload, '$.body'), payload)),
            $national
        )
)

select * from final
