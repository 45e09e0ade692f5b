"""The only room that imports duckdb: the private warehouse, the inbox, the published snapshot."""
