-- Why contacts of the imports of the period were not saved, with three examples of each.
-- Grain: one row per import, state and reason, the most frequent first. Reads: contact_imports,
-- contact_import_rows, snapshot_info
-- Note: the reason of a contact that was left out names its double, so that each has its own: it is not told.
with

asked as (
    select imports.import_id, imports.file_name
    from contact_imports as imports
    cross join snapshot_info as info
    where
        (imports.planned_at at time zone info.timezone)::date between $first and $last
        or (imports.applied_at at time zone info.timezone)::date between $first and $last
),

counted as (
    select
        rows.import_id,
        rows.state,
        if(rows.state in ('rejected', 'in_doubt', 'not_allowed'), rows.reason, null) as why,
        count(*) as contacts,
        min({'line': rows.line, 'recipient': rows.recipient}, 3) as examples
    from contact_import_rows as rows
    semi join asked on rows.import_id = asked.import_id
    where rows.state not in ('saved', 'pending')
    group by all
),

final as (
    select asked.file_name, counted.*
    from counted
    inner join asked on counted.import_id = asked.import_id
    order by counted.contacts desc, asked.file_name, counted.import_id, counted.state, counted.why
    limit 50
)

select * from final
