"""PDF: letters to lines, lines to paragraphs and tables, pictures to text."""
