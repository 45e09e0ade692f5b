-- What follows from the askings: how bounds are read now, what is proven, up to when anything can be;
-- and all versions, the pruned ones too. Grain: see each view.
-- Reads: raw.messages, raw.runs, raw.status_history, raw.traits, raw.windows. Note: made anew at every start.

-- one row per version of a message; of a pruned one the payload has what was kept of it
create or replace view raw.versions as
select version_id, message_id, payload, call_id, first_seen_at, previous_seen_at
from raw.messages
union all
select
    version_id,
    message_id,
    json_object(
        'status', status::varchar, 'statustitle', status_title, 'deviceid', device_id::varchar
    )::varchar as payload,
    null as call_id,
    first_seen_at,
    previous_seen_at
from raw.status_history;

-- one row: the reading that was measured last
create or replace view raw.reading as
select coalesce(max_by(value, row(measured_at, rowid)), 'unknown') as name
from raw.traits
where name = 'reading';

-- one row per asking of a whole window, with the state that it has under the reading of today:
-- bounds that were read in another way prove nothing, but for texts that were UTC all along
create or replace view raw.askings as
select
    windows.begin_at,
    windows.end_at,
    windows.state,
    windows.rows,
    windows.asked_at,
    windows.reading = reading.name
    or (windows.reading = 'unknown' and reading.name like '% UTC %') as is_valid
from raw.windows
cross join raw.reading
where windows.filters = '{}' and windows.begin_at is not null;

-- one row: up to when history can be proven at all, by the gateway's own clock, and its floor
create or replace view raw.horizon as
select
    max(settled_until) as settled_until,
    min(asked_since) as floor_at,
    coalesce(max_by(doubt is not null, started_at) filter (where settled_until is not null), false)
        as is_doubtful
from raw.runs;

-- one row per stretch of time between two bounds of askings: whether it is proven, and what was last
-- said of it; a proof stands unless a later asking of the same time did not agree with its count
create or replace view raw.pieces as
with

askings as (
    select * from raw.askings
),

bounds as (
    select unnest([begin_at, end_at]) as moment from askings
    union
    select unnest([settled_until, floor_at]) from raw.horizon
),

pieces as (
    select moment as begin_at, lead(moment) over (order by moment) as end_at
    from bounds
    where moment is not null
    qualify end_at is not null
),

judged as (
    select
        pieces.begin_at,
        pieces.end_at,
        max(askings.asked_at) filter (
            where askings.is_valid and askings.state in ('verified', 'empty')
        ) as proven_at,
        max(askings.asked_at) filter (where askings.state = 'unverified') as open_at,
        arg_max(askings.state = 'verified', askings.asked_at) filter (
            where askings.is_valid and askings.state in ('verified', 'empty')
        ) as has_rows,
        arg_max(askings.state, askings.asked_at) as last_state
    from pieces
    left join askings
        on askings.begin_at < pieces.end_at and askings.end_at > pieces.begin_at
    group by pieces.begin_at, pieces.end_at
)

select
    begin_at,
    end_at,
    coalesce(proven_at >= coalesce(open_at, proven_at), false) as is_proven,
    has_rows,
    last_state
from judged;
