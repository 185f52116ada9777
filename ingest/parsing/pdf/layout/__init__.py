"""Where the lines of a PDF page stand: columns of text, tables drawn with lines or set in columns."""
