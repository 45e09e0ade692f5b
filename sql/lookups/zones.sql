-- What a zone's text can stand for: a zone by name, or the offsets of an abbreviation.
-- Grain: one row per text, in lower case. Reads: seeds/zone_abbreviations.csv
with

named as (
    select lower(name) as zone, any_value(name) as iana
    from pg_timezone_names()
    group by lower(name)
),

abbreviated as (
    select abbreviation as zone, list(seconds order by position) as seconds
    from read_csv($file, header = true)
    group by abbreviation
),

final as (
    select coalesce(named.zone, abbreviated.zone) as zone, named.iana, abbreviated.seconds
    from named
    full join abbreviated on named.zone = abbreviated.zone
)

select * from final
