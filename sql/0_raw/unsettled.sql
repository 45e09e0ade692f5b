-- The windows that hold messages which may still change by themselves.
-- Grain: one row per window. Reads: raw.message_heads, raw.windows.
-- Note: due_text has no zone, so 15 hours more than the horizon are taken.
select distinct windows.begin_at, windows.end_at
from raw.message_heads as heads
inner join raw.windows as windows on heads.call_id = windows.call_id
where
    not list_contains($final_statuses, coalesce(heads.status, 0))
    and coalesce(heads.due_text, $now::timestamp)
        > $now::timestamp - to_hours($settle_hours + 15)
order by windows.begin_at
