"""What keeps sms24 running for years: set up, checks, schedules, pruning, forgetting, backups."""
