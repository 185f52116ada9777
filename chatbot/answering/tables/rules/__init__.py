"""What rules compute of a table: what is wanted -> which column, which rows -> figures. No model is asked."""
