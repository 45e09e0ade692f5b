-- The raw schema: what was asked, what was answered, and what each record looked like when it changed.
-- Grain: see each table. Reads: nothing. Note: the only DDL; run at every start, changes nothing that exists.

create schema if not exists raw;
create schema if not exists lookup;

-- one row per format that this file has had, and the sms24 that brought it there; a newer one is refused
create table if not exists raw.format (number integer);
alter table raw.format add column if not exists version varchar;

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

-- redacted: why the payload is not as it came, which the hash is of: `body`, or `person` who was forgotten
alter table raw.messages add column if not exists redacted varchar;

-- one row per version of a message that was pruned: what its statuses, phones and sightings need
create table if not exists raw.status_history (
    version_id bigint,
    message_id bigint,
    status integer,
    status_title varchar,
    device_id bigint,
    first_seen_at timestamptz,
    previous_seen_at timestamptz
);

-- one row per way to write the number of a person who was forgotten, as a keyed hash; region: of the phones
-- by which it is written so, empty for any; key_trace tells whether the key is still the one
create table if not exists raw.forgotten (
    spelling varchar,
    region varchar,
    alias varchar,
    country varchar,
    key_trace varchar
);

-- one row per change whose old bytes are still in the file: it is to be written anew
create table if not exists raw.unfinished (reason varchar);

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

alter table raw.events add column if not exists redacted varchar;

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

-- one row per phone with a SIM whose country is known; made anew by each build
create table if not exists lookup.regions (device_id bigint, region varchar);

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
