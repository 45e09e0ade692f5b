-- Day by day, successes among the messages whose fate is known: by SIM, carrier, country and customer.
-- Grain: one row per dimension and cell; its busy days, counted from $history_first, are lists.
-- Reads: delivery_daily, delivery_by_carrier, delivery_by_country, delivery_by_customer, messages
-- Note: of customers the 200 with most messages, and the others as one. The tables by carrier, country and
--       customer know no phones: where the report is of one phone, its messages are counted.
with

of_phone as (
    select
        day,
        sim_carrier,
        recipient_country,
        customer_id,
        (outcome in ('delivered', 'sent'))::integer as hits,
        (outcome in ('delivered', 'sent', 'undelivered', 'failed'))::integer as ended
    from messages
    where
        device_id = $device::bigint
        and day between $history_first and $last
        and direction = 'outgoing'
        and gone_at is null
),

sims as (
    select 'sim' as dimension, device_id, sim, day, hits, ended
    from (
        select
            *,
            delivered + sent as hits,
            delivered + sent + undelivered + failed as ended
        from delivery_daily
        where
            day between $history_first and $last
            and ($device::bigint is null or device_id = $device::bigint)
    )
),

carriers as (
    select 'carrier' as dimension, sim_carrier as name, day, hits, ended from of_phone
    union all by name
    select
        'carrier' as dimension,
        sim_carrier as name,
        day,
        delivered + sent as hits,
        delivered + sent + undelivered + failed as ended
    from delivery_by_carrier
    where day between $history_first and $last and $device::bigint is null
),

countries as (
    select 'country' as dimension, recipient_country as name, day, hits, ended from of_phone
    union all by name
    select
        'country' as dimension,
        recipient_country as name,
        day,
        delivered + sent as hits,
        delivered + sent + undelivered + failed as ended
    from delivery_by_country
    where day between $history_first and $last and $device::bigint is null
),

every_customer as (
    select customer_id, day, hits, ended from of_phone
    union all by name
    select
        customer_id,
        day,
        delivered + sent as hits,
        delivered + sent + undelivered + failed as ended
    from delivery_by_customer
    where day between $history_first and $last and $device::bigint is null
),

largest as (
    select customer_id
    from every_customer
    where customer_id is not null
    group by customer_id
    order by sum(ended) desc, customer_id
    limit 200
),

customers as (
    select
        'customer' as dimension,
        case
            when every_customer.customer_id is null then null
            when largest.customer_id is null then 'others'
            else every_customer.customer_id::varchar
        end as name,
        every_customer.day,
        every_customer.hits,
        every_customer.ended
    from every_customer
    left join largest on every_customer.customer_id = largest.customer_id
),

daily as (
    select
        dimension,
        device_id,
        sim,
        name,
        (day - $history_first::date)::integer as place,
        sum(hits)::bigint as hits,
        sum(ended)::bigint as ended
    from (
        from sims
        union all by name from carriers
        union all by name from countries
        union all by name from customers
    )
    group by dimension, device_id, sim, name, day
    having sum(ended) > 0
),

final as (
    select
        dimension,
        device_id,
        sim,
        name,
        list(place order by place) as places,
        list(hits order by place) as hits,
        list(ended order by place) as ended
    from daily
    group by dimension, device_id, sim, name
    order by dimension, device_id nulls first, sim nulls first, name nulls first
)

select * from final
