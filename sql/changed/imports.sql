-- The imports to make anew in parts of about so many contacts: those that were copied since, or all.
-- Grain: one row per import. Reads: raw.unbuilt_imports, raw.contact_imports, raw.contact_import_rows
with

chosen as (
    select import_id
    from raw.contact_imports
    where $is_full or import_id in (select import_id from raw.unbuilt_imports)
),

counted as (
    select chosen.import_id, count(contacts.import_id) as contacts
    from chosen
    left join raw.contact_import_rows as contacts on chosen.import_id = contacts.import_id
    group by chosen.import_id
),

final as (
    select import_id, (sum(contacts) over (order by import_id) // $part_rows)::bigint as part
    from counted
)

select * from final
