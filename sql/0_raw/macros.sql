-- Words that the models share: PHP's dates, masked numbers, tallies, rates. Reads: nothing.
-- Note: a PHP date is {date, timezone_type, timezone}; type 1 is an offset, 2 an abbreviation, 3 a zone.

-- The instants that a wall clock can mean in a zone: two in the hour, or half hour, that occurs twice.
create or replace temp macro wall_instants(local, iana) as (
    case
        when iana = 'UTC' then [make_timestamptz(epoch_us(local))]
        when ((local at time zone iana) - interval 1 hour) at time zone iana = local
            then [local at time zone iana, (local at time zone iana) - interval 1 hour]
        when ((local at time zone iana) - interval 30 minutes) at time zone iana = local
            then [local at time zone iana, (local at time zone iana) - interval 30 minutes]
        else [local at time zone iana]
    end
);

-- Every instant that a PHP date can mean, the likeliest first; empty where it means none.
-- iana is the zone of type 3, if it is known; seconds are the offsets that an abbreviation can mean.
-- PHP shows MySQL's zero date as -0001-11-30; what is before 1970, or after 9999, means none.
create or replace temp macro php_instants(moment, iana, seconds) as (
    case
        when coalesce(try_cast(moment.date as timestamp) not between '1970-01-01' and '9999-12-31', true)
            then []
        when moment.timezone_type = '1' or left(moment.timezone, 1) in ('+', '-') then list_filter(
            [try_cast(trim(moment.date) || trim(moment.timezone) as timestamptz)],
            lambda instant: instant is not null
        )
        when moment.timezone_type = '2' then list_transform(
            coalesce(seconds, []),
            lambda s: (try_cast(moment.date as timestamp) - to_seconds(s)) at time zone 'UTC'
        )
        when iana is not null then wall_instants(try_cast(moment.date as timestamp), iana)
        else []
    end
);

-- The one instant that a date means: its only one, else the only one inside what was asked; or null.
create or replace temp macro only_instant(options, begin_at, end_at) as (
    case
        when len(options) = 1 then options[1]
        when len(options) > 1 and len(list_filter(
            options,
            lambda instant: instant >= begin_at - interval 1 second and instant <= end_at
        )) = 1 then list_filter(
            options,
            lambda instant: instant >= begin_at - interval 1 second and instant <= end_at
        )[1]
    end
);

-- The date of a message that bounds are compared with, by its name.
create or replace temp macro head_date(name, head) as (
    case name
        when 'created' then head.created_at
        when 'due' then head.due_at
        when 'planned' then coalesce(head.scheduled_at, head.created_at)
        when 'scheduled' then head.scheduled_at
        when 'sent' then head.sent_at
    end
);

-- The last moments before some bounds, as the ends of bins.
create or replace temp macro bins_of(bounds) as (
    list_transform(list_distinct(bounds), lambda bound: bound - interval 1 microsecond)
);

-- How many moments lie in each of some bins: each is looked at once, however many bins there are. The key of
-- a bin is its end; bins that depend on a table are to be made inside its select, or each row makes them.
create or replace temp macro binned(moment, bins) as (map_entries(histogram(moment, bins)));

-- A whole number, or null: 7.6 is no status, and rounds to none.
create or replace temp macro whole(text) as (
    if(
        contains(text, '.') and try_cast(text as double) is distinct from trunc(try_cast(text as double)),
        null,
        try_cast(text as bigint)
    )
);

-- A phone number with its middle hidden; short codes and names of senders are nobody's secret.
create or replace temp macro masked(text) as (
    case
        when regexp_full_match(text, '\+?[0-9]{7,}')
            then left(text, if(starts_with(text, '+'), 4, 2)) || '*****' || right(text, 2)
        when contains(text, '@') then left(text, 1) || '*****'
        when len(regexp_replace(text, '[^\p{Nd}]', '', 'g')) < 7 then text
        else left(regexp_replace(text, '[^\p{Nd}+]', '', 'g'), if(contains(text, '+'), 4, 2))
            || '*****'
            || right(regexp_replace(text, '[^\p{Nd}]', '', 'g'), 2)
    end
);

-- What people may read of a phone number, by the privacy setting; with `hash` nothing, and of one that
-- was forgotten (`hmac:...`) nothing ever.
create or replace temp macro shown(text) as (
    case
        when starts_with(text, 'hmac:') then null
        when getvariable('privacy') = 'full' then text
        when getvariable('privacy') = 'mask' then masked(text)
    end
);

-- What people may read of words that may repeat a number.
create or replace temp macro shown_words(text) as (
    case getvariable('privacy')
        when 'full' then text
        else regexp_replace(text, '\+?\d( ?\d){8,}', '*****', 'g')
    end
);

-- What people may read of an identifier of a phone or SIM: its two ends.
create or replace temp macro shown_ends(text) as (
    case getvariable('privacy')
        when 'full' then text
        when 'mask' then if(len(text) < 8, '*****', left(text, 2) || '*****' || right(text, 2))
    end
);

-- The words of a text without case, accents, marks and punctuation; of a long one, none.
create or replace temp macro plain_words(text) as (
    if(
        len(text) <= 100,
        list_filter(
            regexp_split_to_array(strip_accents(lower(text)), '[^\p{L}\p{N}]+'),
            lambda word: word <> ''
        ),
        []
    )
);

-- The keyed hash of a number: the same for the same number, and of no use without the key. It is what a
-- number that was forgotten has become.
create or replace temp macro keyed(text) as (
    if(starts_with(text, 'hmac:'), substr(text, 6), left(sha256(getvariable('hash_key') || text), 32))
);

-- A text with the digits of other scripts as ASCII ones; most texts have none.
create or replace temp macro with_digits(text) as (
    if(
        strlen(text) = len(text),
        text,
        translate(
            text,
            '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９',
            '0123456789012345678901234567890123456789'
        )
    )
);

-- The digits of a text in any script, without the zeros that are dialled before a number abroad.
create or replace temp macro dialled(text) as (
    regexp_replace(regexp_replace(with_digits(text), '[^0-9]', '', 'g'), '^00', '')
);

-- The hash by which a number that was forgotten is known again, however it is written.
create or replace temp macro spelled(text) as (keyed('spelling:' || dialled(text)));

-- Stars as long as a text; the word by which it asks for no more messages stays.
create or replace temp macro starred(text, stop_word) as (
    rpad(if(len(stop_word) <= len(text), stop_word, ''), len(text)::integer, '*')
);

-- A record with another text in the place of its own, and without that of its newsletter.
create or replace temp macro textless(payload, body) as (
    json_merge_patch(payload, json_object('body', body, 'paketbody', null))::varchar
);

-- A record with nothing of a person in it but what stands for the number; unknown fields go too.
create or replace temp macro impersonal(payload, sendto, body) as (
    json_merge_patch('{}', json_object(
        'id', json_extract(payload, '$.id'),
        'sendto', sendto,
        'body', body,
        'customerid', json_extract(payload, '$.customerid'),
        'status', json_extract(payload, '$.status'),
        'statustitle', json_extract(payload, '$.statustitle'),
        'deviceid', json_extract(payload, '$.deviceid'),
        'sim', json_extract(payload, '$.sim'),
        'urgent', json_extract(payload, '$.urgent'),
        'paketid', json_extract(payload, '$.paketid'),
        'pakettitle', json_extract(payload, '$.pakettitle'),
        'created', json_extract(payload, '$.created'),
        'senttime', json_extract(payload, '$.senttime'),
        'timetosend', json_extract(payload, '$.timetosend')
    ))::varchar
);

-- How a group of outgoing messages fared: each outcome, and the vanished ones, which count as nothing else.
create or replace temp macro tally(outcome, gone_at, address) as {
    'outgoing': count(*) filter (gone_at is null),
    'delivered': count(*) filter (gone_at is null and outcome = 'delivered'),
    'sent': count(*) filter (gone_at is null and outcome = 'sent'),
    'undelivered': count(*) filter (gone_at is null and outcome = 'undelivered'),
    'failed': count(*) filter (gone_at is null and outcome = 'failed'),
    'open': count(*) filter (gone_at is null and outcome = 'open'),
    'unknown': count(*) filter (gone_at is null and outcome = 'unknown'),
    'gone': count(*) filter (gone_at is not null),
    'recipients': count(distinct address) filter (gone_at is null)
};

-- The rates of a tally, with the bounds of those that people compare; null where there is nothing to judge.
create or replace temp macro rates(t) as {
    'delivery_rate': t.delivered / nullif(t.outgoing, 0),
    'delivery_rate_low': wilson_low(t.delivered, t.outgoing),
    'delivery_rate_high': wilson_high(t.delivered, t.outgoing),
    'success_rate':
        (t.delivered + t.sent) / nullif(t.delivered + t.sent + t.undelivered + t.failed, 0),
    'success_rate_low':
        wilson_low(t.delivered + t.sent, t.delivered + t.sent + t.undelivered + t.failed),
    'success_rate_high':
        wilson_high(t.delivered + t.sent, t.delivered + t.sent + t.undelivered + t.failed),
    'confirmed_rate': t.delivered / nullif(t.delivered + t.undelivered, 0),
    'receipt_coverage':
        (t.delivered + t.undelivered) / nullif(t.delivered + t.sent + t.undelivered, 0),
    'failure_rate': (t.undelivered + t.failed) / nullif(t.outgoing, 0),
    'open_share': t.open / nullif(t.outgoing, 0)
};
