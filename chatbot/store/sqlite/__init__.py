"""The store on one machine: SQLite holds everything that matters, FAISS files are made from it."""
