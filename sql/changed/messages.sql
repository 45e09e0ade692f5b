-- The messages whose rows must be made anew: changed ones, ones that became stuck, and those of phones
-- whose SIMs were told in another way.
-- Grain: one row per message. Reads: raw.unbuilt, raw.built, core.messages, staging.device_versions,
--        staging.sim_versions
with

told as (
    select
        versions.device_id,
        versions.version_id,
        list((sims.slot, sims.carrier, sims.country) order by sims.slot) as sims
    from staging.device_versions as versions
    left join staging.sim_versions as sims on versions.version_id = sims.version_id
    group by versions.device_id, versions.version_id
),

retold as (
    select device_id
    from told
    qualify
        version_id > getvariable('staged_devices')
        and sims is distinct from lag(sims) over (partition by device_id order by version_id)
),

ended as (
    select messages.message_id
    from core.messages as messages
    cross join raw.built as built
    where
        messages.outcome = 'open'
        and (messages.due_at + to_hours(getvariable('settle_hours')) < built.data_until)
        is distinct from
        (messages.due_at + to_hours(getvariable('settle_hours')) < getvariable('data_until'))
),

together as (
    select message_id from raw.unbuilt
    union
    select message_id from ended
    union
    select message_id from core.messages where device_id in (select device_id from retold)
),

final as (
    select message_id, (row_number() over (order by message_id) - 1) // $part_rows as part
    from together
)

select * from final
