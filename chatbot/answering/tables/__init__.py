"""Questions whose answer is computed from the rows of a table: the lowest, the sum, how many."""
