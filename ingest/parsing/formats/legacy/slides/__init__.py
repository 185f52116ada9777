"""PPT: records, the drawing of a slide, its texts with their looks and numbers."""
