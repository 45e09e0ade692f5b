"""Build the tables from the files in `sql/` and check them."""
