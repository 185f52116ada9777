"""PowerPoint: shapes in reading order, the text in them, and the parts around a slide."""
