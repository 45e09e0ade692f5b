-- One payload for each shape in a batch. Grain: one row per shape. Reads: arrivals.
create or replace temp table met as
select any_value(payload) as example
from arrivals
where is_new and json_valid(payload)
group by json_structure(payload)
