"""Evaluation of retrieval and the second look: does it help on these documents, and which settings are best?

    questions (BEIR folder, or a file of one's own) -> ask each through the Chatbot -> ranks of what is right
        -> nDCG, MRR, hit, recall of lexical, dense, fused and reranked order, the lift and its interval

``sweep`` does so for many settings and recommends one; ``propose`` writes questions to begin with.
"""
