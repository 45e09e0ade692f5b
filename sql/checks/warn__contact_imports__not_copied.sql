-- The ledger of contacts, or a plan, could not be read: contact_imports shows it as it was before.
-- Reads: raw.uncopied
select trouble from raw.uncopied
