"""Notebooks on the page: which one this visit is in, the switcher, its settings, its people, the log."""
