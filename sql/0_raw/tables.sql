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
