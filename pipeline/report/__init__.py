"""Turn the published snapshot into pages for people."""
