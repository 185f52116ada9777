"""Archives of documents, and the parts of a file that are files themselves."""
