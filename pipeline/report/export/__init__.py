"""A report in other forms than its page: all of them are made from the model alone."""
