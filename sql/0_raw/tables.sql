-- The raw schema: what was asked, what was answered, and what each record looked like when it changed.
-- Grain: see each table. Reads: nothing. Note: the only DDL; run at every start, changes nothing that exists.

create schema if not exists raw;
create schema if not exists lookup;

-- one row per run of a command that writes
create table if not exists raw.runs (
    run_id varchar,
    command varchar,
    started_at timestamptz,
    finished_at timestamptz,
    exit_code integer,
    message varchar,
    asked_since timestamptz,
    settled_until timestamptz,
    calls bigint,
    new_versions bigint,
    version varchar
);

-- one row per HTTP call
create table if not exists raw.calls (
    call_id varchar,
    run_id varchar,
    endpoint varchar,
    parameters varchar,
    asked_at timestamptz,
    answered_at timestamptz,
    http_status integer,
    outcome varchar,
    rows bigint,
    reported_count bigint,
    bytes bigint,
    body_sha256 varchar
);

-- one row per asking of a window; call_id is the call that brought its rows (or its count of 0)
create table if not exists raw.windows (
    run_id varchar,
    begin_at timestamptz,
    end_at timestamptz,
    filters varchar,
    state varchar,
    rows bigint,
    counted bigint,
    call_id varchar,
    asked_at timestamptz
);

-- one row per version of a message: append-only
create table if not exists raw.messages (
    message_id bigint,
    payload varchar using compression zstd,
    payload_hash uhugeint,
    call_id varchar,
    first_seen_at timestamptz
);

-- one row per message: its latest version's hash, and the last asking that showed it
create table if not exists raw.message_heads (
    message_id bigint,
    payload_hash uhugeint,
    status integer,
    due_text timestamp,
    asked_at timestamptz,
    call_id varchar
);

-- one row per version of a device: append-only
create table if not exists raw.devices (
    device_id bigint,
    payload varchar using compression zstd,
    payload_hash uhugeint,
    call_id varchar,
    first_seen_at timestamptz
);

-- one row per spelling of a recipient met with a default region: what libphonenumber makes of it
create table if not exists lookup.recipients (
    sendto varchar,
    region varchar,
    e164 varchar,
    country varchar
);

-- one row per measuring of a habit that the gateway does not document: append-only
create table if not exists raw.traits (
    run_id varchar,
    name varchar,
    value varchar,
    number bigint,
    evidence varchar,
    measured_at timestamptz
);

-- one row: hours before an asking up to which it proves; where the zone of the bounds is not known to
-- be UTC, the newest part of what was asked may have been read as lying in the future
create or replace view raw.margin as
select if(coalesce(arg_max(value, measured_at), 'unknown') = 'UTC', 0, 15) as hours
from raw.traits
where name = 'filter_zone';

-- one row per window that its count proves
create or replace view raw.proofs as
select
    begin_at,
    if(hours = 0, end_at, least(end_at, asked_at - to_hours(hours))) as end_at
from raw.windows
cross join raw.margin
where state in ('verified', 'empty') and filters = '{}';

-- one row: up to when history can be proven at all, by the gateway's own clock
create or replace view raw.horizon as
select max(settled_until) - to_hours(any_value(hours)) as settled_until
from raw.runs
cross join raw.margin;
