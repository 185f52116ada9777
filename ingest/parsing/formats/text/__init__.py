"""Text files: plain, Markdown, tables, JSON."""
