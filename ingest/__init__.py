"""Ingest: documents are found, parsed, split, embedded and committed, kept in step with their folders, and viewed."""
