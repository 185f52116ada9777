"""Is what we read what the page says? Our text against that of independent readers."""
