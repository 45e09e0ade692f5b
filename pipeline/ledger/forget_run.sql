-- A number that a person vouched for stands in the options of a run.
update run set options = replace(options, :e164, :alias) where options like '%' || :e164 || '%'
