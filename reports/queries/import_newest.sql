-- How many contact imports the snapshot knows of, and the day on which the last one was worked on.
-- Grain: one row. Reads: contact_imports, snapshot_info
with

final as (
    select
        count(imports.import_id) as imports,
        max((coalesce(imports.applied_at, imports.planned_at) at time zone info.timezone)::date) as last_day
    from snapshot_info as info
    left join contact_imports as imports on true
)

select * from final
