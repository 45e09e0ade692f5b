-- A status changed in the last thirty days in a way that no message goes by itself: somebody did it by hand.
-- Reads: marts.snapshot_info, marts.status_changes
select changes.*
from marts.status_changes as changes
cross join marts.snapshot_info as info
where not changes.is_possible and changes.not_after > info.built_at - interval 30 days
