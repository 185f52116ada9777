"""Weights: the name of a model -> a folder, and how it runs fast."""
