-- One payload for each set of fields in a batch, and combination of types that the known ones have.
-- Grain: one row per combination. Reads: arrivals.
-- Note: says all of a batch's shapes only where all names are known; half of the time of met.
create or replace temp table met as
select
    json_keys(payload) as names,
    array_to_string(json_type(payload, $paths), ' ') as types,
    any_value(payload) as example
from arrivals
where is_new and json_valid(payload)
group by all
