-- Version 2 of the ledger: messages and newsletters. A sending is one command or one plan; its key is sent once.
create table sending (
    id integer primary key autoincrement,
    key text not null unique,
    kind text not null check (kind in ('send', 'bulk')),
    fingerprint text not null,
    first_id integer not null,
    total integer not null,
    tool_version text not null,
    host text not null,
    created text not null
);

-- One message to one number, by its number of our own (customerid): the key that is never sent twice.
create table outbox (
    customer_id integer primary key,
    sending_id integer not null references sending (id),
    e164 text not null,
    text_key text not null,
    device_id integer not null,
    due text,
    state text not null
    check (state in ('pending', 'sent', 'saved', 'rejected', 'in_doubt', 'dropped')),
    attempts integer not null default 0,
    reason text,
    sms_id integer,
    sent_at text,
    answered_at text
);
create index outbox_of on outbox (sending_id);
create index outbox_number on outbox (e164);
create index outbox_open on outbox (state) where state in ('sent', 'in_doubt');

-- One call, append only: how many messages it held, from which number of our own on.
create table outbox_call (
    id integer primary key autoincrement,
    sending_id integer not null references sending (id),
    first_id integer not null,
    messages integer not null,
    sent_at text,
    answered_at text,
    outcome text not null,
    http_status integer,
    message text,
    ms integer
);

-- One change that no answer to a call made, append only.
create table outbox_decision (
    id integer primary key autoincrement,
    customer_id integer not null references outbox (customer_id),
    before text not null,
    after text not null,
    reason text not null,
    at text not null
);

-- One text for all contacts of some tags; a title is sent once, unless it was refused or dropped.
create table newsletter (
    id integer primary key autoincrement,
    title text not null,
    title_key text not null,
    fingerprint text not null,
    tags text not null,
    people integer not null,
    device_id integer not null,
    due text,
    state text not null check (state in ('pending', 'sent', 'saved', 'rejected', 'in_doubt', 'dropped')),
    reason text,
    gateway_id integer,
    sent_at text,
    answered_at text
);
create unique index newsletter_title on newsletter (title_key) where state not in ('rejected', 'dropped');

create trigger outbox_call_stays before delete on outbox_call
begin select raise(abort, 'calls are append only'); end;
create trigger outbox_decision_stays before delete on outbox_decision
begin select raise(abort, 'decisions are append only'); end;
create trigger outbox_stays before delete on outbox
begin select raise(abort, 'what was sent stays'); end;
