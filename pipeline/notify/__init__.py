"""Tell people and programs: by mail, and by a post to a web address."""
