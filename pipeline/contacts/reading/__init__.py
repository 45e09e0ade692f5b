"""Files of contacts, read into rows of text: CSV, XLSX and vCard."""
