"""Tables of a PDF: drawn with lines, or set in columns; and those that go on on the next page."""
