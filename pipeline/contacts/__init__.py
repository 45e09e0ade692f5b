"""Bring a list of contacts to the gateway: read it, check it, send it at most once."""
