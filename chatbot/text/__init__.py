"""Analysis of text without a model: language, sentences, keywords, word overlap, invisible characters."""
