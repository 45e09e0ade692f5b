-- How each phone fared in the period, the one with most failures first.
-- Grain: one row per device. Reads: delivery_daily, failures_daily, failure_codes, devices
with

counted as (
    select
        device_id,
        sum(outgoing)::bigint as outgoing,
        sum(delivered)::bigint as delivered,
        sum(sent)::bigint as sent,
        sum(undelivered)::bigint as undelivered,
        sum(failed)::bigint as failed,
        sum(open)::bigint as open,
        sum(unknown)::bigint as unknown
    from delivery_daily
    where day between $first and $last
    group by device_id
),

main_failures as (
    select failures.device_id, any_value(codes.label) as label, sum(failures.messages) as messages
    from failures_daily as failures
    inner join failure_codes as codes on failures.code = codes.code
    where failures.day between $first and $last
    group by failures.device_id, failures.code
    qualify row_number() over (
        partition by failures.device_id order by sum(failures.messages) desc, failures.code
    ) = 1
),

final as (
    select
        counted.*,
        devices.title,
        main_failures.label as main_failure
    from counted
    left join devices on counted.device_id = devices.device_id
    left join main_failures on counted.device_id = main_failures.device_id
    order by counted.undelivered + counted.failed desc, counted.outgoing desc, counted.device_id
)

select * from final
