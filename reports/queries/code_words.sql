-- What each failure code means and what to do first.
-- Grain: one row per failure code, all seven of them. Reads: failure_codes
with

final as (
    select code, label, likely_cause, first_action
    from failure_codes
    order by code
)

select * from final
