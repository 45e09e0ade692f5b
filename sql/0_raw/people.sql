-- The records of people who were forgotten, with nothing of them left but a hash.
-- Grain: one row per record. Reads: records, raw.forgotten, lookup.regions.
-- Note: a number without its country is theirs where the phone is of that country, or of nobody knows which.
create or replace temp table people as
with

typed as (
    select
        records.*,
        json_transform(
            payload,
            '{"sendto": "VARCHAR", "deviceid": "VARCHAR", "body": "VARCHAR", "status": "VARCHAR"}'
        ) as said
    from records
    where json_valid(payload)
),

known as (
    select
        typed.*,
        if(trim(typed.said.status) = '5', plain_words(typed.said.body), []) as words,
        forgotten.alias,
        forgotten.country
    from typed
    left join lookup.regions as regions on try_cast(typed.said.deviceid as bigint) = regions.device_id
    inner join raw.forgotten as forgotten
        on
            spelled(typed.said.sendto) = forgotten.spelling
            and (forgotten.region in ('', regions.region) or regions.region is null)
    where not starts_with(typed.said.sendto, 'hmac:')
    qualify row_number() over (
        partition by typed.message_id, typed.call_id order by forgotten.region desc, forgotten.alias
    ) = 1
),

final as (
    select
        known.message_id,
        known.call_id,
        impersonal(
            known.payload,
            concat_ws(' ', known.alias, known.country),
            starred(known.said.body, stops.word)
        ) as payload
    from known
    left join read_csv($stop_words, header = true) as stops
        on known.words[1] = stops.word and len(known.words) <= stops.most_words
)

select * from final
