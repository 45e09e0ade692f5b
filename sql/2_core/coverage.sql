-- What of the asked history is proven, what is not, and what was never asked.
-- Grain: one row per stretch of time in one state.
-- Key: begin_at
-- Reads: raw.horizon, raw.pieces
with

stated as (
    select
        pieces.begin_at,
        pieces.end_at,
        coalesce(pieces.begin_at >= horizon.settled_until, false) as is_tail,
        case
            when pieces.last_state is null then 'never_asked'
            when
                pieces.is_proven
                and not horizon.is_doubtful
                and pieces.begin_at < horizon.settled_until
                then if(pieces.has_rows, 'verified', 'empty')
            when pieces.last_state = 'failed' then 'failed'
            else 'unverified'
        end as state
    from raw.pieces as pieces
    cross join raw.horizon as horizon
),

numbered as (
    select *, count(*) filter (where is_start) over (order by begin_at) as stretch
    from (
        select
            *,
            (state, is_tail) is distinct from (lag(state) over earlier, lag(is_tail) over earlier)
            or begin_at is distinct from lag(end_at) over earlier as is_start
        from stated
        window earlier as (order by begin_at)
    ) as marked
),

final as (
    select
        min(begin_at) as begin_at,
        max(end_at) as end_at,
        any_value(state) as state,
        any_value(state) in ('verified', 'empty') as is_proven,
        any_value(is_tail) as is_tail
    from numbered
    group by stretch
)

select * from final
