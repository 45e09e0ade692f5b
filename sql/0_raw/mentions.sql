-- The records of others that mention a number: in the text, or where nobody can read them.
-- Grain: one row per record. Reads: records. Note: the pattern finds a number as people part its digits.
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
        regexp_matches(
            with_digits(if(json_valid(payload), json_extract_string(payload, '$.body'), payload)),
            $pattern
        )
)

select * from final
