-- What the rate of the period and of the compared period is made of, both up to the same elapsed part.
-- Grain: one row per dimension, cell and period. Reads: messages
-- Note: of customers and countries the 200 with most messages, and the others as one.
with

ended as (
    select
        if(day >= $first::date, 'now', 'before') as part,
        device_id,
        sim,
        sim_carrier,
        recipient_country,
        customer_id,
        outcome in ('delivered', 'sent') as is_good
    from messages
    where
        direction = 'outgoing'
        and gone_at is null
        and outcome in ('delivered', 'sent', 'undelivered', 'failed')
        and (
            (day between $first and $last and due_local < $until::timestamp)
            or (day between $before_first and $before_last and due_local < $before_until::timestamp)
        )
        and ($device::bigint is null or device_id = $device::bigint)
),

counted as (
    select
        part,
        case
            when grouping(sim) = 0 then 'sim'
            when grouping(device_id) = 0 then 'device'
            when grouping(sim_carrier) = 0 then 'carrier'
            when grouping(recipient_country) = 0 then 'country'
            else 'customer'
        end as dimension,
        device_id,
        sim,
        coalesce(sim_carrier, recipient_country, customer_id::varchar) as name,
        count(*) filter (where is_good) as hits,
        count(*) as ended
    from ended
    group by grouping sets (
        (part, device_id),
        (part, device_id, sim),
        (part, sim_carrier),
        (part, recipient_country),
        (part, customer_id)
    )
),

sized as (
    select *, sum(ended) over (partition by dimension, device_id, sim, name) as size
    from counted
),

ranked as (
    select
        *,
        dense_rank() over (partition by dimension order by size desc, device_id, sim, name) as place
    from sized
),

final as (
    select
        part,
        dimension,
        device_id,
        sim,
        if(place > 200 and dimension in ('country', 'customer'), 'others', name) as name,
        sum(hits)::bigint as hits,
        sum(ended)::bigint as ended
    from ranked
    group by all
    order by all
)

select * from final
