"""How requests are understood: false kinds, follow-ups."""
