"""The second look: a cross-encoder reads question and passage together and gives each pair a logit.

score   pairs known already <- ``cache``; the rest -> ``queue`` (one for all sessions) -> ``scorers`` (one micro-batch,
        passages known already <- ``vectors``)
order   logit + ``fused_weight`` x the fused score of retrieval: ``second_look``, the step of ``Chatbot.ask``
"""

from chatbot.reranking.backends import RERANKERS, build_reranker, own_fused_weight
from chatbot.reranking.reranker import Look, Reranker
from chatbot.reranking.second_look import reordered, take_second_look

__all__ = [
    "RERANKERS",
    "Look",
    "Reranker",
    "build_reranker",
    "own_fused_weight",
    "reordered",
    "take_second_look",
]
