-- Stretches of the history are not proven: messages may be missing there.
-- Reads: marts.coverage
select *
from marts.coverage
where not is_proven and not is_tail
