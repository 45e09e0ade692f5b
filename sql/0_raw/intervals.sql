-- The Wilson score interval at 95 %, for models and, in the snapshot, for people.
-- Grain: none. Reads: nothing. Note: null where there is nothing to judge by.

create or replace temp macro wilson_low(hits, n) as (
    case
        when n > 0 then greatest(
            0.0,
            (
                hits / n + 1.9207294103470618 / n
                - 1.959963984540054 * sqrt(
                    hits / n * (1 - hits / n) / n + 0.9603647051735309 / n / n
                )
            ) / (1 + 3.8414588206941236 / n)
        )
    end
);

create or replace temp macro wilson_high(hits, n) as (
    case
        when n > 0 then least(
            1.0,
            (
                hits / n + 1.9207294103470618 / n
                + 1.959963984540054 * sqrt(
                    hits / n * (1 - hits / n) / n + 0.9603647051735309 / n / n
                )
            ) / (1 + 3.8414588206941236 / n)
        )
    end
);
