"""One text -> chunks that fit the model, at sentences, paragraphs and headings."""
