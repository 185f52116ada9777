"""What comes with a question: files that are to be read first."""
