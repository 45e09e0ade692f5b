-- The raw schema: what was asked, what was answered, and what each record looked like when it changed.
-- Grain: see each table. Reads: nothing. Note: the only DDL; run at every start, changes nothing that exists.

create schema if not exists raw;
create schema if not exists lookup;

-- one row: the format of this file; a newer one is refused
create table if not exists raw.format (number integer);

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
    late_calls bigint,
    lookback_calls bigint,
    new_versions bigint,
    gone bigint,
    proven_by varchar,
    doubt varchar,
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

-- one row per asking of a window, and one per part of it that was asked by itself (then with filters);
-- call_id is the call that brought its rows (or its count of 0); reading is how its bounds were read
create table if not exists raw.windows (
    run_id varchar,
    begin_at timestamptz,
    end_at timestamptz,
    filters varchar,
    state varchar,
    rows bigint,
    counted bigint,
    call_id varchar,
    asked_at timestamptz,
    reading varchar
);

-- one row per version of a message: append-only, version_id in order of landing; previous_seen_at is
-- the last asking that showed the version before it, null for the first
create table if not exists raw.messages (
    version_id bigint,
    message_id bigint,
    payload varchar using compression zstd,
    payload_hash uhugeint,
    call_id varchar,
    first_seen_at timestamptz,
    previous_seen_at timestamptz
);

-- one row per time that a message was found to have vanished: append-only
create table if not exists raw.absences (
    message_id bigint,
    run_id varchar,
    noticed_at timestamptz
);

-- one row per message: its latest version's hash, where it stands, and the last asking that showed it;
-- is_sure: whether created_at is the only instant that its date can mean
create table if not exists raw.message_heads (
    message_id bigint,
    payload_hash uhugeint,
    status integer,
    device_id bigint,
    sim integer,
    customer_id bigint,
    created_at timestamptz,
    due_at timestamptz,
    scheduled_at timestamptz,
    sent_at timestamptz,
    is_sure boolean,
    asked_at timestamptz,
    call_id varchar,
    gone_at timestamptz
);

-- one row per version of a device: append-only, version_id in order of landing
create table if not exists raw.devices (
    version_id bigint,
    device_id bigint,
    payload varchar using compression zstd,
    payload_hash uhugeint,
    call_id varchar,
    first_seen_at timestamptz
);

-- one row per event that the gateway pushed, by what it says: append-only; message_id, status and device_id
-- are those of the payload, null where it has none
create table if not exists raw.events (
    event_id varchar,
    kind varchar,
    message_id bigint,
    status bigint,
    device_id bigint,
    payload varchar using compression zstd,
    received_at timestamptz
);

-- one row per message that has changed, vanished or come back since the tables were built
create table if not exists raw.unbuilt (message_id bigint);

-- one row: what the published tables were built with, and the trace of their file; none while they were never
-- built, or when the last build did not come to its end
create table if not exists raw.built (
    fingerprint varchar,
    snapshot varchar,
    data_until timestamptz
);

-- one row per field of messages and the type that its values had: the first time it was met
create table if not exists raw.fields (
    name varchar,
    type varchar,
    run_id varchar,
    first_seen_at timestamptz
);

-- one row per spelling of a recipient met with a default region: what libphonenumber makes of it
create table if not exists lookup.recipients (
    sendto varchar,
    region varchar,
    e164 varchar,
    country varchar
);

-- one row per import of a list of contacts, and one per contact of a row of its file: copied from the plan
-- and the ledger; e164 is a hash (`hmac:...`) once the number was forgotten
create table if not exists raw.contact_imports (
    import_id varchar,
    file_name varchar,
    tag varchar,
    planned_at timestamptz,
    applied_at timestamptz
);
create table if not exists raw.contact_import_rows (
    import_id varchar,
    line bigint,
    state varchar,
    reason varchar,
    e164 varchar
);
-- tag_key: by what the ledger knows the tag; trace: of the rows of the plan; contact: which one of its row
alter table raw.contact_imports add column if not exists tag_key varchar;
alter table raw.contact_imports add column if not exists trace varchar;
alter table raw.contact_import_rows add column if not exists contact bigint;

-- one row: how far the ledger had come when it was copied; one per sentence about what could not be read then
create table if not exists raw.copied (mark varchar);
create table if not exists raw.uncopied (trouble varchar);

-- one row per import that was copied, or lost a number, since the tables were built
create table if not exists raw.unbuilt_imports (import_id varchar);

-- one row per measuring of a habit that the gateway does not document: append-only
create table if not exists raw.traits (
    run_id varchar,
    name varchar,
    value varchar,
    number bigint,
    evidence varchar,
    measured_at timestamptz
);
