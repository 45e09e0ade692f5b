-- The SIMs of the phones over time, as sync saw them: for joins as of a message's time.
-- Grain: one row per device, slot and stretch of time in which the same SIM was told in the same way.
-- Key: device_id, sim, valid_from
-- Reads: core.sims
-- Note: what held before the first stretch was never seen; a SIM that is there now has no end.
with

final as (
    select
        device_id,
        slot as sim,
        valid_from,
        valid_to,
        valid_to is null as is_current,
        carrier,
        country,
        is_roaming,
        shown(number) as number,
        shown_ends(icc_id) as icc_id,
        keyed(icc_id) as icc_key
    from core.sims
    order by device_id, sim, valid_from
)

select * from final
