"""What one person may do of what many share: counted once, for the page and for programs that ask in their name."""
