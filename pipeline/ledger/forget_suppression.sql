-- Who is not to be sent; where the hash is suppressed already, the number's own row has ended.
update suppression
set
    e164 = :alias,
    removed_reason = case
        when removed is null
            and exists (select 1 from suppression as s where s.e164 = :alias and s.removed is null)
            then 'its hash is suppressed'
        else removed_reason
    end,
    removed = case
        when removed is null
            and exists (select 1 from suppression as s where s.e164 = :alias and s.removed is null)
            then added
        else removed
    end
where e164 = :e164
