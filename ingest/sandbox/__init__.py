"""Untrusted files in a process without network, programs or writable files."""
