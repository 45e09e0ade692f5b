-- The imports that have one of the contacts whose state may have changed: of any tag where none is given,
-- and all of a tag where no number is. Grain: one row per import.
-- Reads: touched, raw.contact_imports, raw.contact_import_rows
with

by_number as (
    select imports.import_id
    from raw.contact_import_rows as contacts
    inner join touched on contacts.e164 = touched.e164
    inner join raw.contact_imports as imports
        on
            contacts.import_id = imports.import_id
            and coalesce(touched.tag_key, imports.tag_key) = imports.tag_key
),

by_tag as (
    select imports.import_id
    from raw.contact_imports as imports
    inner join touched on imports.tag_key = touched.tag_key
    where touched.e164 is null
),

final as (
    select import_id from by_number
    union
    select import_id from by_tag
)

select * from final
