"""What Word, PowerPoint and Excel files have in common: the package and its relations, drawings, equations, charts."""
