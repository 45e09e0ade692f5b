-- One payload for each shape in a batch. Grain: one row per shape. Reads: arrivals.
-- Note: where only some paths can tell anything new, a shape is the types of these, which takes a tenth of
--       the time; null for paths looks at all.
create or replace temp table met as
select any_value(payload) as example
from arrivals
where is_new and json_valid(payload)
group by coalesce(json_type(payload, $paths::varchar[])::varchar, json_structure(payload)::varchar)
