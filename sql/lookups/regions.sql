-- The country that a phone's numbers have when they name none: that of its SIM, as last told.
-- Grain: one row per phone with a SIM whose country is known. Reads: staging.sim_versions
with

final as (
    select device_id, country as region
    from staging.sim_versions
    where country is not null
    qualify row_number() over (partition by device_id order by version_id desc, slot) = 1
)

select * from final
