"""The Documents page: what is in the index, and what is being done to it."""
