-- An account straight in raw, as if fetched: phones, messages of three years, a tenth of them seen twice.
-- Grain: see each table. Reads: nothing. Note: its variables are those of build.py.
insert into raw.runs (run_id, command, started_at, finished_at, exit_code, asked_since, settled_until)
values ('bench', 'run', getvariable('until'), getvariable('until'), 0, getvariable('until')::timestamptz - interval 1096 days, getvariable('until'));

insert into raw.calls (call_id, run_id, endpoint, asked_at, answered_at, outcome)
values ('devices', 'bench', 'getalldevices', getvariable('until'), getvariable('until'), 'ok');

insert into raw.windows (run_id, begin_at, end_at, filters, state, rows, counted, asked_at, reading)
values (
    'bench', getvariable('until')::timestamptz - interval 1096 days, getvariable('until'), '{}', 'verified', getvariable('messages'), getvariable('messages'),
    getvariable('until'), 'unknown'
);

insert into raw.devices by name
select
    i + 1 as version_id,
    100 + i as device_id,
    format(
        '{{"id":{},"title":"Phone {}","imei":"86{:013d}","created":{{"date":"2023-01-01 00:00:00.000000",'
        || '"timezone_type":3,"timezone":"UTC"}},"lastseen":{{"date":"{}.000000","timezone_type":3,'
        || '"timezone":"UTC"}},"appversion":"12.1.{}","delaybetweenrequest":10,"subscription":true,'
        || '"siminfo":[{{"Slot":"0","IccId":"8933{:010d}","CountryIso":"fr","CarrierName":"{}","Roaming":"0"}},'
        || '{{"Slot":"1","IccId":"8944{:010d}","CountryIso":"fr","CarrierName":"{}","Roaming":"0"}}]}}',
        100 + i, i, i, strftime(getvariable('until')::timestamptz, '%Y-%m-%d %H:%M:%S'), i % 7, i,
        ['Orange F', 'SFR', 'Bouygues Telecom', 'Free'][i % 4 + 1], i,
        ['SFR', 'Free', 'Orange F'][i % 3 + 1]
    ) as payload,
    md5_number(payload) as payload_hash,
    'devices' as call_id,
    getvariable('until')::timestamptz - interval 1096 days as first_seen_at
from range(50) as phones (i);
