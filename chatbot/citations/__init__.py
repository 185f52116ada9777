"""Which source says what: numbered sources, [n] in an answer, quotes, the check of cited sentences, opening a source."""
