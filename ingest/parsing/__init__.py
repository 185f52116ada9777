"""A file -> one text with marks for pages and headings: ``parse(path) -> ParsedDocument``."""

from ingest.parsing.document import ParsedDocument
from ingest.parsing.parse import DocumentRefused, parse

__all__ = ["DocumentRefused", "ParsedDocument", "parse"]
