"""OpenDocument: text, slides and sheets of LibreOffice."""
