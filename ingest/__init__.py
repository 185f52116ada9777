"""Documents in: found, parsed, split, embedded, committed; kept in step with their folders; opened again."""
