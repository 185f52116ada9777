"""What one person may do on a page that many use, and the sentence for who has done it."""
