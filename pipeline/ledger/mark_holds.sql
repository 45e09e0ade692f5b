-- Whether the last call and decision of a mark are still there, as they were.
select
    (
        :attempt = 0
        or exists (
            select 1
            from attempt
            where id = :attempt and coalesce(answered_at, sent_at, '') = :attempted_at
        )
    )
    and (
        :decision = 0
        or exists (select 1 from decision where id = :decision and at = :decided_at)
    )
    and (select count(*) from suppression) >= :suppressed
