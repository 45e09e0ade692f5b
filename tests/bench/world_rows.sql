-- Some of the messages as the emulator writes them, of one rendition, each with its key in the list.
-- Grain: one row per message. Reads: drawn, titles. Note: as the variables `first`, `last`, `changed` say.
create or replace temp macro php_date(epoch) as (
    coalesce(
        '{"date":"' || strftime(make_timestamp(epoch * 1000000), '%Y-%m-%d %H:%M:%S')
        || '.000000","timezone_type":3,"timezone":"UTC"}',
        'null'
    )
);

create or replace temp table shown as
with

final as (
    select
        r,
        concat(
            '"', message_id, '":{"id":', message_id, ',"sendto":"', recipient, '","body":',
            if(
                burst is null,
                replace(getvariable('texts')[text + 1], '{n}', number::varchar),
                getvariable('letters')[burst % len(getvariable('letters')) + 1]
            ),
            ',"customerid":', coalesce(customer_id::varchar, 'null'), ',"status":', status,
            ',"statustitle":"', coalesce(title, 'Unknown'), '","deviceid":', device_id,
            ',"urgent":', if(is_urgent, 'true', 'null'),
            ',"created":', php_date(created), ',"senttime":', php_date(sent_at),
            ',"timetosend":', php_date(due), ',"sim":', sim,
            if(
                burst is null,
                ',"paketid":null,"pakettitle":null,"paketbody":null}',
                ',"paketid":' || (9001 + burst) || ',"pakettitle":'
                || getvariable('letter_titles')[burst % len(getvariable('letter_titles')) + 1]
                || ',"paketbody":' || getvariable('letters')[burst % len(getvariable('letters')) + 1] || '}'
            )
        ) as row_text
    from state
    left join titles using (status)
    where r >= getvariable('first') and r < getvariable('last')
)

select r, row_text, strlen(row_text) as size from final;

insert into sizes select r, size from shown;
