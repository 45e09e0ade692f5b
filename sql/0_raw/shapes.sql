-- The fields, and types of their values, that no version before had. Reads: arrivals, raw.fields.
-- Grain: one row per field and type; a field inside an object is named with a dot.
with

shapes as (
    select distinct json_structure(payload) as shape
    from arrivals
    where is_new and json_valid(payload)
),

top as (
    select unnest(json_keys(shape)) as name, shape
    from shapes
),

typed as (
    select name, json_extract(shape, '$."' || replace(name, '"', '""') || '"') as kind
    from top
),

named as (
    select distinct
        name,
        case json_type(kind) when 'OBJECT' then 'OBJECT' when 'ARRAY' then 'ARRAY' else kind ->> '$' end
            as type
    from typed
),

final as (
    select named.*
    from named
    anti join raw.fields as known on named.name = known.name and named.type = known.type
    where named.type <> 'NULL'
    order by named.name, named.type
)

select * from final
