-- The hashes of the numbers that were forgotten.
select e164 from contact where e164 >= 'hmac:' and e164 < 'hmac;'
union
select e164 from suppression where e164 >= 'hmac:' and e164 < 'hmac;'
