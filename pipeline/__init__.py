"""sms24: gateway -> inbox -> raw -> staging -> core -> marts -> snapshot -> reports.

`gateway` asks, `extract` lands what was answered, `transform` builds tables from `sql/`,
`warehouse` keeps them and publishes the snapshot, `report` lays it out, `cli` talks to people.
"""
