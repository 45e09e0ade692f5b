-- What became of each row of the lists of contacts that were imported.
-- Grain: one row per import, line of its file and contact of that line: one, unless --several all took more.
-- Key: import_id, line, contact
-- Refresh: by import
-- Reads: raw.contact_import_rows
-- Note: a number that was forgotten has neither recipient nor key. Blank lines have no row.
with

known as (
    select *, if(starts_with(e164, 'hmac:'), null, e164) as number
    from raw.contact_import_rows
),

final as (
    select
        import_id,
        line,
        contact,
        state,
        shown_words(reason) as reason,
        shown(number) as recipient,
        keyed(number) as recipient_key
    from known
    order by import_id, line, contact
)

select * from final
