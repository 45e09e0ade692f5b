-- The days that the rows of the days touched depend on: these, and the three before each.
-- Grain: one row per day. Reads: touched.days
with

final as (
    select distinct days.day - steps.step::integer as day
    from touched.days as days
    cross join range(4) as steps (step)
)

select * from final
