-- The fields, and types of their values, that no version before had. Reads: met, raw.fields.
-- Grain: one row per field and type; former_type is another type that the field had before, if any.
with

named as (
    select distinct
        fields.key as name,
        if(
            fields.type in ('BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT'), 'INTEGER', fields.type
        ) as type
    from met
    cross join json_each(met.example) as fields
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
