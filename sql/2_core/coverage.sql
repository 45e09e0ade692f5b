-- What of the asked history is proven, what is missing, and the newest part that cannot be yet.
-- Grain: one row per stretch of time in one state.
-- Reads: raw.horizon, raw.proofs, raw.windows
with

askings as (
    select begin_at, end_at, false as is_proof
    from raw.windows
    where filters = '{}'
    union all
    select begin_at, end_at, true as is_proof
    from raw.proofs
    where begin_at < end_at
),

settled as (
    select settled_until
    from raw.horizon
),

bounds as (
    select begin_at as moment from askings
    union
    select end_at from askings
    union
    select settled_until from settled where settled_until is not null
),

pieces as (
    select moment as begin_at, lead(moment) over (order by moment) as end_at
    from bounds
    qualify end_at is not null
),

stated as (
    select
        pieces.begin_at,
        pieces.end_at,
        case
            when bool_or(askings.is_proof) then 'proven'
            when pieces.begin_at >= any_value(settled.settled_until) then 'tail'
            else 'hole'
        end as state
    from pieces
    cross join settled
    inner join askings
        on askings.begin_at < pieces.end_at and askings.end_at > pieces.begin_at
    group by pieces.begin_at, pieces.end_at
),

numbered as (
    select
        *,
        count(*) filter (where is_start) over (order by begin_at) as stretch
    from (
        select
            *,
            (
                state is distinct from lag(state) over (order by begin_at)
                or begin_at is distinct from lag(end_at) over (order by begin_at)
            ) as is_start
        from stated
    ) as marked
),

final as (
    select min(begin_at) as begin_at, max(end_at) as end_at, any_value(state) as state
    from numbered
    group by stretch
)

select * from final
