"""Figures in a text: numbers with their units, ranges, dates."""
