-- Version 1 of the ledger. Times are UTC, ISO 8601. No token, no password is ever in it. A tag: its title, and its id at the gateway once that is known.
create table tag (
    id integer primary key,
    title text not null,
    title_key text not null,
    state text not null check (state in ('planned', 'sent', 'saved', 'in_doubt', 'abandoned')),
    gateway_id integer,
    created text not null,
    checked_at text,
    note text
);
create unique index tag_title on tag (title_key) where state <> 'abandoned';

-- One process that worked on a plan; a plan that is resumed has several.
create table run (
    id integer primary key autoincrement,
    kind text not null,
    plan text not null,
    file_name text,
    file_sha256 text,
    plan_sha256 text,
    mapping text,
    options text,
    tool_version text not null,
    host text not null,
    pid integer not null,
    started text not null,
    ended text,
    state text not null,
    counts text
);

-- One person under one tag: the key that is never sent twice.
create table contact (
    tag_id integer not null references tag (id),
    e164 text not null,
    name text not null,
    state text not null
    check (state in ('pending', 'sent', 'saved', 'rejected', 'in_doubt', 'dropped')),
    attempts integer not null default 0,
    reason text,
    contact_id integer,
    first_run integer references run (id),
    last_run integer references run (id),
    sent_at text,
    answered_at text,
    primary key (tag_id, e164)
) without rowid;
create index contact_number on contact (e164);
create index contact_at_gateway on contact (contact_id) where contact_id is not null;
create index contact_open on contact (state) where state in ('sent', 'in_doubt');

-- One call, append only, in the order of id whatever the clock says. Without a number: savetag.
create table attempt (
    id integer primary key autoincrement,
    tag_id integer not null references tag (id),
    e164 text,
    n integer not null,
    sent_at text,
    answered_at text,
    outcome text not null,
    http_status integer,
    message text,
    ms integer
);
create index attempt_of on attempt (tag_id, e164);

-- One change that no answer of the gateway made, append only: who decided is in the reason.
create table decision (
    id integer primary key autoincrement,
    tag_id integer not null references tag (id),
    e164 text,
    before text not null,
    after text not null,
    reason text not null,
    at text not null
);

create table suppression (
    e164 text not null,
    reason text not null,
    source text not null,
    added text not null,
    removed text,
    removed_reason text
);
create unique index suppression_active on suppression (e164) where removed is null;

create table probe (kind text not null, result text not null, at text not null);

create table consent (e164 text not null, basis text not null, at text not null);
create unique index consent_once on consent (e164, basis, at);

create trigger attempt_stays before delete on attempt
begin select raise(abort, 'attempts are append only'); end;
create trigger attempt_holds
before update of id, tag_id, n, sent_at, answered_at, outcome, http_status, ms on attempt
begin select raise(abort, 'attempts are append only'); end;
create trigger decision_stays before delete on decision
begin select raise(abort, 'decisions are append only'); end;
