-- Which of many numbers must not be sent, and why.
select suppression.e164, suppression.source, suppression.reason
from json_each(?) as asked
inner join suppression on asked.value = suppression.e164
where suppression.removed is null
