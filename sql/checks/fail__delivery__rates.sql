-- Every rate is null or between 0 and 1, and inside its interval.
-- Reads: marts.delivery_by_carrier, marts.delivery_by_country, marts.delivery_by_customer,
--        marts.delivery_by_newsletter, marts.delivery_daily
with

together as (
    select 'delivery_daily' as name, * from marts.delivery_daily
    union all by name
    select 'delivery_by_country' as name, * from marts.delivery_by_country
    union all by name
    select 'delivery_by_carrier' as name, * from marts.delivery_by_carrier
    union all by name
    select 'delivery_by_customer' as name, * from marts.delivery_by_customer
    union all by name
    select 'delivery_by_newsletter' as name, * from marts.delivery_by_newsletter
)

select *
from together
where
    not (
        coalesce(delivery_rate between 0 and 1, true)
        and coalesce(success_rate between 0 and 1, true)
        and coalesce(confirmed_rate between 0 and 1, true)
        and coalesce(receipt_coverage between 0 and 1, true)
        and coalesce(failure_rate between 0 and 1, true)
        and coalesce(open_share between 0 and 1, true)
        and coalesce(delivery_rate between delivery_rate_low - 1e-9 and delivery_rate_high + 1e-9, true)
        and coalesce(success_rate between success_rate_low - 1e-9 and success_rate_high + 1e-9, true)
    )
