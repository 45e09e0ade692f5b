-- Every table has one row per its grain.
-- Reads: marts.contact_import_rows, marts.contact_imports, marts.coverage, marts.days,
--        marts.delivery_by_carrier, marts.delivery_by_country, marts.delivery_by_customer,
--        marts.delivery_by_newsletter, marts.delivery_daily, marts.device_health,
--        marts.device_history, marts.device_sims, marts.failures_daily, marts.incoming_daily,
--        marts.latency_daily, marts.runs, marts.status_codes
with

doubled as (
    select 'delivery_daily' as name, count(*) - count(distinct (day, device_id, sim)) as doubles
    from marts.delivery_daily
    union all
    select 'delivery_by_country' as name, count(*) - count(distinct (day, recipient_country)) as doubles
    from marts.delivery_by_country
    union all
    select 'delivery_by_carrier' as name, count(*) - count(distinct (day, sim_carrier)) as doubles
    from marts.delivery_by_carrier
    union all
    select 'delivery_by_customer' as name, count(*) - count(distinct (day, customer_id)) as doubles
    from marts.delivery_by_customer
    union all
    select 'delivery_by_newsletter' as name, count(*) - count(distinct (day, newsletter_id)) as doubles
    from marts.delivery_by_newsletter
    union all
    select 'failures_daily' as name, count(*) - count(distinct (day, device_id, sim, code)) as doubles
    from marts.failures_daily
    union all
    select 'incoming_daily' as name, count(*) - count(distinct (day, device_id, sim)) as doubles
    from marts.incoming_daily
    union all
    select 'latency_daily' as name, count(*) - count(distinct (day, device_id)) as doubles
    from marts.latency_daily
    union all
    select 'device_sims' as name, count(*) - count(distinct (device_id, sim, valid_from)) as doubles
    from marts.device_sims
    union all
    select 'device_history' as name, count(*) - count(distinct (device_id, valid_from)) as doubles
    from marts.device_history
    union all
    select 'device_health' as name, count(*) - count(distinct (device_id)) as doubles
    from marts.device_health
    union all
    select 'days' as name, count(*) - count(distinct (day)) as doubles
    from marts.days
    union all
    select 'status_codes' as name, count(*) - count(distinct (code)) as doubles
    from marts.status_codes
    union all
    select 'coverage' as name, count(*) - count(distinct (begin_at)) as doubles
    from marts.coverage
    union all
    select 'runs' as name, count(*) - count(distinct (run_id)) as doubles
    from marts.runs
    union all
    select 'contact_imports' as name, count(*) - count(distinct (import_id)) as doubles
    from marts.contact_imports
    union all
    select 'contact_import_rows' as name, count(*) - count(distinct (import_id, line)) as doubles
    from marts.contact_import_rows
)

select * from doubled where doubles <> 0
