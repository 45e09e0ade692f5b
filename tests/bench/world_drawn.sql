-- The messages of a world, typed, with their state in both renditions, in order of creation.
-- Grain: one row per message. Reads: plans, slots; they and the variables are made by world.py.
-- Note: instants are epoch seconds. `was_` is at `now_at`, null where the message is newer; `is_` a day later.
create or replace temp macro draw(i, salt, n) as (hash(i * 64 + salt) % n)::bigint;

create or replace temp table hours as
with

stretches(era, begin_at, end_at) as (
    values
    (0, getvariable('begin_at'), getvariable('now_at')),
    (1, getvariable('now_at') + 1, getvariable('changed_at'))
),

weighted as (
    select
        era,
        greatest(hour * 3600, begin_at) as hour_at,
        least((hour + 1) * 3600, end_at) - hour_at as seconds,
        seconds * if(hour // 24 % 7 < 5, 1, 0.4)
        * [1, 1, 1, 1, 1, 2, 5, 14, 30, 38, 40, 36, 24, 30, 38, 38, 34, 26, 16, 9, 5, 3, 2, 1][hour % 24 + 1]
            as weight
    from stretches, unnest(range(begin_at // 3600, end_at // 3600 + 1)) as numbers (hour)
    where seconds > 0
)

select
    *,
    (sum(weight) over (partition by era order by hour_at) - weight) / sum(weight) over (partition by era)
        as share_before
from weighted;

create or replace temp table moments as
with

bursts as (
    select
        (getvariable('messages') * 12 // 100)::bigint as total,
        greatest(least(total // 8, 20000), 1) as size
),

numbered as (
    select
        i,
        if(i < getvariable('messages'), 0, 1) as era,
        draw(i, 1, 1000000000) / 1e9 as place,
        if(i < total, i // size, null) as burst,
        i % size // 100 as seconds_in
    from bursts, range(getvariable('messages') + getvariable('new')) as numbers (i)
)

select
    numbered.i,
    numbered.era,
    burst,
    least(
        if(
            burst is null,
            hour_at + draw(i, 2, seconds),
            getvariable('begin_at') + draw(burst, 3, getvariable('now_at') - getvariable('begin_at')) + seconds_in
        ),
        if(numbered.era = 0, getvariable('now_at'), getvariable('changed_at')) - 1
    ) as created
from numbered
asof join hours on numbered.era = hours.era and numbered.place >= hours.share_before;

create or replace temp table fates as
with

placed as (
    select
        row_number() over (order by created, i) - 1 as r,
        created,
        era,
        burst,
        if(era = 0, getvariable('now_at'), getvariable('changed_at')) as seen_at,
        getvariable('first_id') + 3 * r + draw(r, 4, 3) as message_id,
        draw(r, 5, 100) as dice,
        burst is null and dice < 7 as is_incoming,
        draw(r, 6, getvariable('slots')) as slot,
        draw(r, 9, 981) as luck
    from moments
)

select
    placed.* exclude (slot, dice, luck),
    slots.device_id,
    slots.sim,
    slots.country,
    dice >= 95 as is_urgent,
    if(dice between 7 and 9, created + 3600 + draw(r, 10, 255600), null) as due,
    coalesce(due, created) as start_at,
    start_at + 4 + draw(r, 11, 70) as left_at,
    case
        when is_incoming then 5
        when slots.place = 2 and start_at between seen_at - 12 * 86400 and seen_at - 9 * 86400
            and draw(r, 12, 3) > 0 then 12
        when luck < 790 then 7
        when luck < 910 then 6
        when luck < 935 then 8
        else [9, 9, 9, 9, 9, 9, 10, 10, 10, 11, 12, 12, 100, 101, 4, 3][draw(r, 13, 16) + 1]
    end as fate
from placed
inner join slots on placed.slot = slots.slot;

-- Those that settle between the renditions: what was scheduled for the time between, some of a phone that
-- was off for hours five days before, and of the others the later the likelier.
create or replace temp table settling as
with

ranked as (
    select
        r,
        case
            when due > getvariable('now_at') then 0
            when
                created between getvariable('now_at') - 450000 and getvariable('now_at') - 430000
                and device_id = getvariable('first_device') then 1
            else 2
        end as kind,
        (getvariable('now_at') - start_at) * (200 + draw(r, 14, 1000)) as score
    from fates
    where era = 0 and not is_incoming and start_at <= getvariable('changed_at') - 3600
    qualify
        row_number() over (partition by kind order by score)
        <= if(kind = 1, getvariable('settling') // 200, getvariable('settling'))
)

select r from ranked order by kind, score limit getvariable('settling');

create or replace temp table drawn as
with

told as (
    select
        fates.*,
        settling.r is not null as settles,
        draw(fates.r, 15, 4) = 0 as went_early,
        draw(fates.r, 16, 25) > 0 as tells_sent
    from fates
    left join settling on fates.r = settling.r
),

lived as (
    select
        *,
        case
            when era = 1 then null
            when settles and start_at > seen_at then 3
            when settles and went_early then 6
            when settles then [1, 3, 3, 2][draw(r, 17, 4) + 1]
            when start_at > seen_at then 3
            else fate
        end as was_status,
        case
            when settles and was_status = 6 then if(draw(r, 18, 10) = 0, 8, 7)
            when settles then [7, 7, 7, 7, 7, 7, 6, 8, 9, 12][draw(r, 18, 10) + 1]
            when start_at > seen_at then 3
            else fate
        end as is_status,
        least(left_at, seen_at) as usual_sent,
        if(
            was_status = 6 or not settles, usual_sent, getvariable('now_at') + 60 + draw(r, 19, 80000)
        ) as final_sent
    from told
)

select
    r,
    era,
    message_id,
    created,
    due,
    device_id,
    sim,
    is_urgent,
    was_status,
    is_status,
    if(was_status in (6, 7, 8) and tells_sent, usual_sent, null) as was_sent,
    if(is_status in (6, 7, 8) and tells_sent, final_sent, null) as is_sent,
    if(is_incoming, null, [null, null, 0, draw(r, 20, 24) + 1, draw(r, 20, 24) + 1][draw(r, 21, 5) + 1]) as customer_id,
    if(
        is_incoming and draw(r, 22, 10) = 0,
        'INFO',
        plans.prefix
        || lpad(draw(draw(r, 23, getvariable('people')), 24, plans.numbers)::varchar, plans.digits, '0')
    ) as recipient,
    burst,
    case
        when burst is not null then null
        when is_incoming then getvariable('first_reply') + draw(r, 25, getvariable('replies'))
        when draw(r, 26, 100) = 0 then getvariable('first_hostile') + draw(r, 27, getvariable('hostile'))
        else draw(r, 28, getvariable('first_hostile'))
    end as text,
    draw(r, 29, 10000) as number
from lived
inner join plans on lived.country = plans.country
order by r;
