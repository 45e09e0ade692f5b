-- Who was decided about.
update decision set e164 = :alias where e164 = :e164
