"""Fetch history in windows and land it in raw."""
