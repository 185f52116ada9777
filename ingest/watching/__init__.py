"""Watching: folders are watched to keep the index current, and each program that does so leaves a note."""
