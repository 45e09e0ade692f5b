"""What was sent, what came of it, what must never be sent: one SQLite file per account."""
