-- How each phone, SIM, country, carrier, customer and newsletter fared in the period, the compared one and
-- the 28 days before it: the costliest 50 of each, and the sums of the others.
-- Grain: one row per dimension and value shown, and one per dimension for its others. Reads: messages,
-- devices, device_sims
-- Note: excess is what was lost above what the value's own share of the 28 days before predicts; where fewer
--       than 30 messages had ended in them, above what the share of all values predicts.
with

due as (
    select
        device_id,
        sim,
        recipient_country as country,
        sim_carrier as carrier,
        customer_id,
        newsletter_id,
        coalesce(failure_code::varchar, outcome) as fate,
        case
            when day < $first then 99
            when day < $last::date - 13 then 14
            else $last::date - day
        end as age,
        day <= $before_last and day >= $before_first and due_local < $before_until as is_before,
        day < $first and day >= $history_first as is_earlier
    from messages
    where
        direction = 'outgoing'
        and gone_at is null
        and day between least($before_first::date, $history_first::date) and $last
        and ($device::bigint is null or device_id = $device::bigint)
),

grouped as (
    select
        case
            when grouping(sim) = 0 then 'sim'
            when grouping(device_id) = 0 then 'device'
            when grouping(country) = 0 then 'country'
            when grouping(carrier) = 0 then 'carrier'
            when grouping(customer_id) = 0 then 'customer'
            else 'newsletter'
        end as dimension,
        device_id,
        sim,
        coalesce(country, carrier, customer_id::varchar, newsletter_id::varchar) as value,
        age,
        fate,
        age < 99 as is_now,
        fate in ('delivered', 'sent') as is_good,
        fate not in ('delivered', 'sent', 'open', 'unknown') as is_lost,
        is_before,
        is_earlier,
        count(*) as n
    from due
    group by grouping sets (
        (device_id, age, fate, is_before, is_earlier),
        (device_id, sim, age, fate, is_before, is_earlier),
        (country, age, fate, is_before, is_earlier),
        (carrier, age, fate, is_before, is_earlier),
        (customer_id, age, fate, is_before, is_earlier),
        (newsletter_id, age, fate, is_before, is_earlier)
    )
),

counted as (
    select
        dimension,
        device_id,
        sim,
        value,
        age,
        coalesce(sum(n) filter (is_now), 0) as outgoing,
        coalesce(sum(n) filter (is_now and is_good), 0) as good,
        coalesce(sum(n) filter (is_now and is_lost), 0) as lost,
        coalesce(sum(n) filter (is_now and fate = 'delivered'), 0) as delivered,
        coalesce(sum(n) filter (is_now and fate = 'open'), 0) as open,
        coalesce(sum(n) filter (is_now and fate = 'unknown'), 0) as unknown,
        coalesce(sum(n) filter (is_now and fate = '8'), 0) as code_8,
        coalesce(sum(n) filter (is_now and fate = '9'), 0) as code_9,
        coalesce(sum(n) filter (is_now and fate = '10'), 0) as code_10,
        coalesce(sum(n) filter (is_now and fate = '11'), 0) as code_11,
        coalesce(sum(n) filter (is_now and fate = '12'), 0) as code_12,
        coalesce(sum(n) filter (is_now and fate = '100'), 0) as code_100,
        coalesce(sum(n) filter (is_now and fate = '101'), 0) as code_101,
        coalesce(sum(n) filter (is_before and is_good), 0) as before_good,
        coalesce(sum(n) filter (is_before and is_lost), 0) as before_lost,
        coalesce(sum(n) filter (is_earlier and is_good), 0) as earlier_good,
        coalesce(sum(n) filter (is_earlier and is_lost), 0) as earlier_lost
    from grouped
    group by dimension, device_id, sim, value, age
),

valued as (
    select
        dimension,
        device_id,
        sim,
        value,
        sum(columns('^(outgoing|good|lost|delivered|open|unknown|code_.*|before_.*|earlier_.*)$')) as '\1',
        list({'age': age, 'good': good::bigint, 'lost': lost::bigint} order by age desc)
        filter (age < 14 and good + lost > 0) as trend
    from counted
    group by dimension, device_id, sim, value
),

judged as (
    select
        *,
        good + lost as ended,
        coalesce(
            if(earlier_good + earlier_lost < 30, null, earlier_lost / nullif(earlier_good + earlier_lost, 0)),
            sum(earlier_lost) over whole / nullif(sum(earlier_good + earlier_lost) over whole, 0)
        ) as usual_share,
        if(usual_share is null, null, greatest(lost - ended * usual_share, 0)) as excess,
        good / nullif(ended, 0) as rate,
        -- the upper end of the Wilson 95 % interval of the rate
        (
            rate + 1.920729 / nullif(ended, 0)
            + 1.959964 * sqrt(rate * (1 - rate) / nullif(ended, 0) + 0.960365 / nullif(ended * ended, 0))
        ) / (1 + 3.841459 / nullif(ended, 0)) as rate_high
    from valued
    window whole as (partition by dimension)
),

ranked as (
    select
        *,
        row_number() over (
            partition by dimension
            order by
                round(excess) desc nulls last,
                round(rate_high, 5) nulls last,
                outgoing desc,
                device_id nulls last,
                sim nulls last,
                value nulls last
        ) as position,
        if(position <= 50, position, 51) as place
    from judged
    where outgoing > 0
),

shown as (
    select
        dimension,
        place,
        count(*) as many,
        if(place = 51, null, any_value(device_id)) as device_id,
        if(place = 51, null, any_value(sim)) as sim,
        if(place = 51, null, any_value(value)) as value,
        sum(columns('^(outgoing|good|lost|delivered|open|unknown|code_.*|before_.*)$'))::bigint as '\1',
        sum(excess) as excess,
        if(place = 51, null, any_value(trend)) as trend
    from ranked
    group by dimension, place
),

titles as (
    select newsletter_id::varchar as value, max(newsletter_title) as title
    from messages
    where newsletter_id is not null and day between $first and $last
    group by newsletter_id
),

final as (
    select
        shown.*,
        if(dimension = 'newsletter', titles.title, devices.title) as title,
        sims.carrier,
        sims.number
    from shown
    left join devices on shown.device_id = devices.device_id
    left join titles on shown.dimension = 'newsletter' and shown.value = titles.value
    left join device_sims as sims
        on shown.device_id = sims.device_id and shown.sim = sims.sim and sims.is_current
    order by dimension, place
)

select * from final
