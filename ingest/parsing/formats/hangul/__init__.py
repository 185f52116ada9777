"""The formats of Hangul word processors."""
