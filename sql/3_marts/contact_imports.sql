-- What became of each list of contacts that was imported.
-- Grain: one row per import.
-- Key: import_id
-- Refresh: by import
-- Reads: raw.contact_imports, raw.contact_import_rows
-- Note: saved, pending, in_doubt, rejected and skipped add up to contacts.
with

counted as (
    select
        import_id,
        count(distinct line) as rows,
        count(*) as contacts,
        count(*) filter (where state = 'saved') as saved,
        count(*) filter (where state = 'pending') as pending,
        count(*) filter (where state = 'in_doubt') as in_doubt,
        count(*) filter (where state = 'rejected') as rejected,
        count(*) filter (where state not in ('saved', 'pending', 'in_doubt', 'rejected')) as skipped
    from raw.contact_import_rows
    group by import_id
),

final as (
    select
        imports.import_id,
        imports.file_name,
        imports.tag,
        imports.planned_at,
        imports.applied_at,
        coalesce(counted.rows, 0) as rows,
        coalesce(counted.contacts, 0) as contacts,
        coalesce(counted.saved, 0) as saved,
        coalesce(counted.pending, 0) as pending,
        coalesce(counted.in_doubt, 0) as in_doubt,
        coalesce(counted.rejected, 0) as rejected,
        coalesce(counted.skipped, 0) as skipped
    from raw.contact_imports as imports
    left join counted on imports.import_id = counted.import_id
    order by imports.planned_at, imports.import_id
)

select * from final
