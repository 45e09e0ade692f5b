-- How far the ledger has come: the last call, the last decision, suppressions made and taken back.
select
    coalesce((select max(id) from attempt), 0) as attempt,
    coalesce((select max(id) from decision), 0) as decision,
    (
        select coalesce(answered_at, sent_at, '')
        from attempt
        order by id desc
        limit 1
    ) as attempted_at,
    (select at from decision order by id desc limit 1) as decided_at,
    (select count(*) from suppression) as suppressed,
    (select count(removed) from suppression) as freed
