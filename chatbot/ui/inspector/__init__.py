"""'Why these sources?': what was found, what moved, what it took; with the second look off, or another model."""
