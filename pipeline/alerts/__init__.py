"""What the settings say that people shall be told, each once until it is over."""
