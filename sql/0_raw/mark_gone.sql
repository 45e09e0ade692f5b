-- Mark the messages that have vanished since they were last seen. Reads: raw.absences.
update raw.message_heads as heads
set gone_at = absences.noticed_at
from (
    select message_id, max(noticed_at) as noticed_at
    from raw.absences
    where run_id = $run_id
    group by message_id
) as absences
where heads.message_id = absences.message_id and heads.asked_at < absences.noticed_at
