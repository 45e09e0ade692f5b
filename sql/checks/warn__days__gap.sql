-- A day of the last thirty that is proven has no message, though this account mostly has some every day.
-- Reads: marts.days, marts.snapshot_info
with

recent as (
    select days.*
    from marts.days as days
    cross join marts.snapshot_info as info
    where days.day >= info.built_at::date - 30
)

select *
from recent
where
    is_proven
    and messages = 0
    and (
        select median(messages) from recent
    ) >= 10
