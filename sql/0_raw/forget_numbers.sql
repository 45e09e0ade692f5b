-- Let hashes stand for the numbers that were forgotten, and have the file written anew.
-- Reads: hashes, raw.contact_import_rows.
insert into raw.unbuilt_imports
select distinct contacts.import_id
from raw.contact_import_rows as contacts
inner join hashes on contacts.e164 = hashes.e164;

update raw.contact_import_rows as contacts
set e164 = hashes.hashed
from hashes
where contacts.e164 = hashes.e164;

insert into raw.unfinished values ('numbers of imports were forgotten');
