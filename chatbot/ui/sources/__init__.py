"""A source: its card below the answer, and the page it stands on."""
