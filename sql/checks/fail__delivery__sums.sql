-- By whatever they are parted, the outgoing messages of a day are those in messages.
-- Reads: marts.delivery_by_carrier, marts.delivery_by_country, marts.delivery_by_customer,
--        marts.delivery_by_newsletter, marts.delivery_daily, marts.messages
with

outgoing as (
    select day, count(*) as outgoing
    from marts.messages
    where direction = 'outgoing' and gone_at is null
    group by day
),

expected as (
    select tables.name, outgoing.day, outgoing.outgoing
    from outgoing
    cross join (
        select unnest([
            'delivery_daily', 'delivery_by_country', 'delivery_by_carrier', 'delivery_by_customer',
            'delivery_by_newsletter'
        ]) as name
    ) as tables
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
