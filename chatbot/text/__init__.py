"""Analysis of text without a model: language, sentences, keywords, plurals, word overlap, invisible characters."""
