"""A whole index as one file: written by ``export``, read by ``restore``, which believes nothing that it reads."""
