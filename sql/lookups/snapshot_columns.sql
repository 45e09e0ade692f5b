-- The tables and views of a published snapshot, column by column, as its own catalog tells them.
-- Grain: one row per column, in the order of schema, table and column.
-- Reads: nothing
with

named as (
    select schema_name, table_name, comment
    from duckdb_tables()
    where database_name = current_database() and not internal
    union all
    select schema_name, view_name as table_name, comment
    from duckdb_views()
    where database_name = current_database() and not internal
),

final as (
    select
        named.schema_name,
        named.table_name,
        named.comment as table_comment,
        columns.column_name,
        columns.data_type,
        columns.comment as column_comment
    from named
    inner join duckdb_columns() as columns
        on named.schema_name = columns.schema_name and named.table_name = columns.table_name
    where columns.database_name = current_database()
    order by named.schema_name, named.table_name, columns.column_index
)

select * from final
