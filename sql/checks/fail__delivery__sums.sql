-- By whatever they are parted, the outgoing messages of a day are those in messages.
-- Reads: marts.delivery_by_carrier, marts.delivery_by_country, marts.delivery_by_customer,
--        marts.delivery_by_newsletter, marts.delivery_daily, marts.messages
with

expected as (
    select tables.name, messages.day, count(*) as outgoing
    from marts.messages as messages
    cross join (
        select unnest([
            'delivery_daily', 'delivery_by_country', 'delivery_by_carrier', 'delivery_by_customer',
            'delivery_by_newsletter'
        ]) as name
    ) as tables
    where messages.direction = 'outgoing' and messages.gone_at is null
    group by tables.name, messages.day
),

found as (
    select 'delivery_daily' as name, day, sum(outgoing) as outgoing,
        sum(delivered + sent + undelivered + failed + open + unknown) as parts
    from marts.delivery_daily group by day
    union all
    select 'delivery_by_country' as name, day, sum(outgoing) as outgoing,
        sum(delivered + sent + undelivered + failed + open + unknown) as parts
    from marts.delivery_by_country group by day
    union all
    select 'delivery_by_carrier' as name, day, sum(outgoing) as outgoing,
        sum(delivered + sent + undelivered + failed + open + unknown) as parts
    from marts.delivery_by_carrier group by day
    union all
    select 'delivery_by_customer' as name, day, sum(outgoing) as outgoing,
        sum(delivered + sent + undelivered + failed + open + unknown) as parts
    from marts.delivery_by_customer group by day
    union all
    select 'delivery_by_newsletter' as name, day, sum(outgoing) as outgoing,
        sum(delivered + sent + undelivered + failed + open + unknown) as parts
    from marts.delivery_by_newsletter group by day
)

select *
from expected
full join found using (name, day)
where
    expected.outgoing is distinct from found.outgoing
    or found.parts is distinct from found.outgoing
