-- Every record of some bodies as it came, beside its typed columns. Grain: one row per record.
-- Reads: the files of the variable `files`. Note: one pass, nothing else.
create table messages as
with

bodies as (
    select content
    from read_text(getvariable('files'))
),

records as (
    select unnest(json_extract(content, '$.smss.*')) as payload
    from bodies
),

said as (
    select
        payload,
        json_transform(
            payload,
            '{"id": "BIGINT", "sendto": "VARCHAR", "status": "INTEGER", "deviceid": "BIGINT",
            "sim": "INTEGER", "customerid": "BIGINT", "paketid": "BIGINT", "created": {"date": "TIMESTAMP"},
            "senttime": {"date": "TIMESTAMP"}, "timetosend": {"date": "TIMESTAMP"}}'
        ) as row
    from records
)

select
    row.id as message_id,
    row.sendto as recipient,
    row.status,
    row.deviceid as device_id,
    row.sim,
    row.customerid as customer_id,
    row.paketid as newsletter_id,
    row.created.date as created_at,
    row.senttime.date as sent_at,
    row.timetosend.date as scheduled_at,
    payload
from said
