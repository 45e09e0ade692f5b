-- Who was written to; the words of the gateway may hold the number.
update outbox set e164 = :alias, reason = null where e164 = :e164
