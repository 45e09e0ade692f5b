-- Every version of a message and of a phone that landed is staged, once.
-- Reads: raw.devices, raw.versions, staging.device_versions, staging.message_versions
select 'messages' as kind, raw.versions, staged.versions as staged_versions
from (select count(*) as versions, sum(version_id) as ids from raw.versions) as raw
cross join (select count(*) as versions, sum(version_id) as ids from staging.message_versions) as staged
where (raw.versions, raw.ids) is distinct from (staged.versions, staged.ids)
union all
select 'devices' as kind, raw.versions, staged.versions as staged_versions
from (select count(*) as versions, sum(version_id) as ids from raw.devices) as raw
cross join (select count(*) as versions, sum(version_id) as ids from staging.device_versions) as staged
where (raw.versions, raw.ids) is distinct from (staged.versions, staged.ids)
