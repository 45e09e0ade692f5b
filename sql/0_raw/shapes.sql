-- The fields, and types of their values, that no version before had. Reads: arrivals, raw.fields.
-- Grain: one row per field and type; former_type is another type that the field had before, if any.
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
        case
            when json_type(kind) in ('OBJECT', 'ARRAY') then json_type(kind)
            when (kind ->> '$') in ('BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT') then 'INTEGER'
            else kind ->> '$'
        end as type
    from typed
),

known as (
    select name, list(distinct type) as types
    from raw.fields
    group by name
),

final as (
    select named.name, named.type, known.types[1] as former_type
    from named
    left join known on named.name = known.name
    where named.type <> 'NULL' and not coalesce(list_contains(known.types, named.type), false)
    order by named.name, named.type
)

select * from final
