-- Which SIM each version of a device had in each slot.
-- Grain: one row per version of a device and slot.
-- Key: version_id, slot
-- Refresh: by version
-- Reads: raw.devices
-- Note: siminfo comes as a list, an object of SIMs or of one SIM, null, or any of these as JSON text.
with

versions as (
    select
        version_id,
        device_id,
        first_seen_at,
        if(json_valid(payload), payload, '{}') as payload
    from raw.devices
),

unpacked as (
    select
        * exclude (payload),
        case json_type(payload, '$.siminfo')
            when 'VARCHAR' then payload ->> '$.siminfo'
            else json_extract(payload, '$.siminfo')::varchar
        end as text,
        if(json_valid(text), text::json, '[]'::json) as info
    from versions
),

sims as (
    select
        * exclude (text, info),
        unnest(
            case
                when json_type(info) = 'ARRAY' then info -> '$[*]'
                when json_exists(info, '$.Slot') then [info]
                else info -> '$.*'
            end
        ) as sim
    from unpacked
),

final as (
    select
        version_id,
        device_id,
        try_cast(sim ->> '$.Slot' as integer) as slot,
        nullif(trim(sim ->> '$.CarrierName'), '') as carrier,
        upper(nullif(trim(sim ->> '$.CountryIso'), '')) as country,
        nullif(trim(sim ->> '$.Number'), '') as number,
        nullif(trim(sim ->> '$.IccId'), '') as icc_id,
        (sim ->> '$.Roaming') in ('1', 'true') as is_roaming,
        first_seen_at
    from sims
    where json_type(sim) = 'OBJECT'
    qualify row_number() over (partition by version_id, slot order by icc_id) = 1
)

select * from final
