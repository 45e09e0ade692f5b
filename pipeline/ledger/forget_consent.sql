-- Who agreed; the hash may have the same consent already.
update or ignore consent set e164 = :alias where e164 = :e164
