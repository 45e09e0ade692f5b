"""The gateway's HTTP API: typed calls, tolerant decoding, patient retries. httpx lives here."""
