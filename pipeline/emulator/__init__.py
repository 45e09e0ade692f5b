"""The gateway's documented API on loopback, with a made-up account behind it."""
