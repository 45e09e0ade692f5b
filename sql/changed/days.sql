-- The days of the messages that have changed, and the three after each, since a reply counts by what was sent
-- in the three days before it; without those that are noted already.
-- Grain: one row per day. Reads: changed_days, changed_messages, core.messages
with

final as (
    select distinct messages.day + steps.step::integer as day, 0 as part
    from core.messages as messages
    semi join changed_messages as changed on messages.message_id = changed.message_id
    cross join range(4) as steps (step)
    where messages.day + steps.step::integer not in (select day from changed_days)
)

select * from final
