"""What keeps sms24 running for years: pruning, forgetting, backups."""
