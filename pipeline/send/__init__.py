"""Send messages and newsletters: planned, shown, sent at most once each."""
