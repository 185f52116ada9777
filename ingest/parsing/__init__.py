"""A file -> one text with marks for pages and headings."""
