"""Training of the reranker: data, development sets, the run, its export and its model card."""
