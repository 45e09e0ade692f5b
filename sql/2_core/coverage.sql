-- What of the asked history is proven, what is not, and what was never asked.
-- Grain: one row per stretch of time in one state.
-- Reads: raw.askings, raw.horizon
-- Note: a proof stands unless a later asking of the same time did not agree with its count; one that got
-- no answer tells nothing.
with

horizon as (
    select settled_until, floor_at, coalesce(is_doubtful, false) as is_doubtful
    from raw.horizon
),

bounds as (
    select begin_at as moment from raw.askings
    union
    select end_at from raw.askings
    union
    select unnest([settled_until, floor_at]) from horizon
),

pieces as (
    select moment as begin_at, lead(moment) over (order by moment) as end_at
    from bounds
    where moment is not null
    qualify end_at is not null
),

judged as (
    select
        pieces.begin_at,
        pieces.end_at,
        max(askings.asked_at) filter (
            where askings.is_valid and askings.state in ('verified', 'empty')
        ) as proven_at,
        max(askings.asked_at) filter (where askings.state = 'unverified') as open_at,
        bool_or(askings.state = 'verified') as has_rows,
        arg_max(askings.state, askings.asked_at) as last_state,
        count(askings.asked_at) as askings
    from pieces
    left join raw.askings as askings
        on askings.begin_at < pieces.end_at and askings.end_at > pieces.begin_at
    group by pieces.begin_at, pieces.end_at
),

stated as (
    select
        judged.begin_at,
        judged.end_at,
        judged.begin_at >= horizon.settled_until as is_tail,
        case
            when judged.askings = 0 then 'never_asked'
            when
                judged.proven_at >= coalesce(judged.open_at, judged.proven_at)
                and not horizon.is_doubtful and not is_tail
                then if(judged.has_rows, 'verified', 'empty')
            when judged.last_state = 'failed' then 'failed'
            else 'unverified'
        end as state
    from judged
    cross join horizon
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
