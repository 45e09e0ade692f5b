"""Receive what the gateway pushes, and keep it for the next sync."""
