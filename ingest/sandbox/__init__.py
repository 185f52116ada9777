"""The sandbox: untrusted files are read in a process without network, programs or writable files."""
