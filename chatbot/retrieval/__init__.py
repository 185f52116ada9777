"""A question -> its k candidates: found by meaning and by words, fused into one order."""
