-- The contact imports that were planned or applied in the period.
-- Grain: one row per import, the newest first. Reads: contact_imports, snapshot_info
with

timed as (
    select
        imports.* exclude (planned_at, applied_at),
        imports.planned_at at time zone info.timezone as planned,
        imports.applied_at at time zone info.timezone as applied
    from contact_imports as imports
    cross join snapshot_info as info
),

final as (
    select *
    from timed
    where planned::date between $first and $last or applied::date between $first and $last
    order by coalesce(applied, planned) desc, import_id
    limit 50
)

select * from final
