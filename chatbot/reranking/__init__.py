"""The second look: each candidate of retrieval is compared with the question, and the order is made anew.

score   pairs known already <- ``cache``; the rest -> ``queue`` (one for all sessions) -> one micro-batch at a time
        ``late_interaction`` (the default: token vectors of the embedding model) or any cross-encoder (``scorers``)
        of sentences, for highlights: ``stretches``
order   logit + ``fused_weight`` x the fused score of retrieval: ``second_look``, the step of ``Chatbot.ask``
        or as a language model puts them in order, without scores: ``listwise``
"""

from chatbot.reranking.backends import RERANKERS, build_reranker, own_fused_weight
from chatbot.reranking.listwise import Listwise, Order
from chatbot.reranking.reranker import Reranker, ScoredPassages
from chatbot.reranking.second_look import reordered, take_second_look
from chatbot.reranking.stretches import score_stretches

__all__ = [
    "RERANKERS",
    "Listwise",
    "Order",
    "Reranker",
    "ScoredPassages",
    "build_reranker",
    "own_fused_weight",
    "reordered",
    "score_stretches",
    "take_second_look",
]
