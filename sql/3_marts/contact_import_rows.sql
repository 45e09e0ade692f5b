-- What became of each row of the lists of contacts that were imported.
-- Grain: one row per import and line of its file.
-- Key: import_id, line
-- Reads: raw.contact_import_rows
with

final as (
    select
        import_id,
        line,
        state,
        reason,
        shown(e164) as recipient,
        keyed(e164) as recipient_key
    from raw.contact_import_rows
    order by import_id, line
)

select * from final
