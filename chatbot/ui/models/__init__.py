"""The Models page: who writes the answers, how is searched, what is inside."""
