"""One module per format: ``parse(path) -> ParsedDocument``."""
