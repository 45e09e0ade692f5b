-- Every rate is null or between 0 and 1, inside its interval. Reads: marts.delivery_daily
select *
from marts.delivery_daily
where
    not (
        coalesce(delivery_rate between 0 and 1, true)
        and coalesce(success_rate between 0 and 1, true)
        and coalesce(confirmed_rate between 0 and 1, true)
        and coalesce(receipt_coverage between 0 and 1, true)
        and coalesce(failure_rate between 0 and 1, true)
        and coalesce(open_share between 0 and 1, true)
        and coalesce(success_rate >= success_rate_low - 1e-6, true)
        and coalesce(success_rate <= success_rate_high + 1e-6, true)
    )
