"""What is taken along: a conversation as Markdown or as a receipt, one HTML file."""
