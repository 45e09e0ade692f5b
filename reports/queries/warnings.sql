-- What the checks found that is odd and stopped nothing; holes and unknown statuses of the period are told
-- from its own numbers.
-- Grain: one row per check. Reads: warnings
with

final as (
    select sentence, rows
    from warnings
    where name not in ('coverage__holes', 'messages__unknown_status')
    order by name
)

select * from final
