-- The days whose rows must be made anew: those of the messages touched, and the three after each, since a
-- reply counts by what was sent in the three days before it.
-- Grain: one row per day. Reads: core.messages, touched.messages
with

final as (
    select distinct messages.day + steps.step::integer as day
    from core.messages as messages
    semi join touched.messages as touched on messages.message_id = touched.message_id
    cross join range(4) as steps (step)
)

select * from final
