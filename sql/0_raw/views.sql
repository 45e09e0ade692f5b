-- What follows from the askings: how bounds are read now, what is proven, up to when anything can be.
-- Grain: see each view. Reads: raw.runs, raw.traits, raw.windows. Note: made anew at every start.

-- one row: the reading that was measured last
create or replace view raw.reading as
select coalesce(arg_max(value, measured_at), 'unknown') as name
from raw.traits
where name = 'reading';

-- one row: hours before an asking up to which it proves; where the zone of the bounds is not known,
-- the newest part of what was asked may have been read as lying in the future
create or replace view raw.margin as
select if(name = 'unknown', 15, 0) as hours
from raw.reading;

-- one row per asking of a whole window, with the state that it has under the reading of today:
-- bounds that were read in another way prove nothing
create or replace view raw.askings as
select
    windows.begin_at,
    case
        when windows.reading = 'unknown' then least(windows.end_at, windows.asked_at - interval 15 hours)
        else windows.end_at
    end as end_at,
    windows.state,
    windows.rows,
    windows.asked_at,
    windows.reading in ('unknown', reading.name) as is_valid
from raw.windows
cross join raw.reading
where windows.filters = '{}' and windows.begin_at is not null;

-- one row per window that its count proves
create or replace view raw.proofs as
select begin_at, end_at, state, rows, asked_at
from raw.askings
where state in ('verified', 'empty') and is_valid and begin_at < end_at;

-- one row: up to when history can be proven at all, by the gateway's own clock, and its floor;
-- only the last run says whether it is doubtful, and one without doubt says so by null
create or replace view raw.horizon as
select
    max(settled_until) - to_hours(any_value(hours)) as settled_until,
    min(asked_since) as floor_at,
    arg_max_null(doubt, started_at) filter (where settled_until is not null) is not null
        as is_doubtful
from raw.runs
cross join raw.margin;
