"""Questions that the documents answer, shown to whoever does not know what to ask."""
