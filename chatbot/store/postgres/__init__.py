"""The store in PostgreSQL with pgvector: the truth and the index in one, for several machines at once."""
