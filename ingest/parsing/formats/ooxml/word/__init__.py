"""Word: styles, automatic numbers, runs, tables and the parts around the body."""
