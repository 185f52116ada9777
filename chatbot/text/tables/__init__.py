"""Tables as text: their rows, and those that hold what a question says."""

from chatbot.text.tables.rows import cells_of, is_row, is_rule, is_total, row_of, rule_of, tables_in

__all__ = ["cells_of", "is_row", "is_rule", "is_total", "row_of", "rule_of", "tables_in"]
