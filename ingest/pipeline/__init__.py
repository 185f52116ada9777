"""Build the index: plan -> rename -> parse -> split -> embed -> commit, file by file. To be read in this order:

update      run: what is to be done with these files and folders (``ingest.sync`` compares), and that done
one_run     Ingest: the open index; renamed and removed files, then the steps below for what must be read
prepared    parsed and split: what is stored of one file, and how many files go through the model together
embedder    chunks -> vectors; what the index has of a text is not read again
storing     one transaction per file, compared with what another run has stored meanwhile
account     what has become of every file, and the figures that are told on the way
"""

from ingest.pipeline.account import OnProgress
from ingest.pipeline.embedder import ModelOnce
from ingest.pipeline.one_run import Company, Ingest
from ingest.pipeline.prepared import made_by
from ingest.pipeline.update import run

__all__ = ["Company", "Ingest", "ModelOnce", "OnProgress", "made_by", "run"]
