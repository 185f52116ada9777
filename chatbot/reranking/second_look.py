"""The second look: candidates in retrieval order -> the same candidates in the reranker's order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chatbot.config import RerankerConfig
from chatbot.errors import ChatbotError, ConfigError, ProgramEnds
from chatbot.reranking.listwise import Listwise, in_order
from chatbot.reranking.reranker import Reranker
from chatbot.retrieval.observed import is_observed, observed_rerank
from chatbot.retrieval.retrieve import read_by_models, reranked_nodes
from chatbot.text.asking import asking_part
from chatbot.trace import Candidate, SecondLook, Timings

logger = logging.getLogger(__name__)


def take_second_look(
    query: str,
    candidates: list[Candidate],
    load: Callable[[], Reranker | Listwise],
    settings: RerankerConfig,
    timings: Timings,
    kept: Callable[[Sequence[int]], Mapping[int, bytes]] = lambda _: {},
) -> tuple[list[Candidate], SecondLook]:
    """Candidates by logit + ``fused_weight`` x fused score, or as a language model put them in order.

    In the retrieval order where there is no second look.

    A reranker that fails costs no answer: what it said is in ``SecondLook.failure``.

    Args:
        load: gives the reranker; asked only when there is something to rank.
        kept: gives the codes of the token vectors of those chunks that have them in the index.

    Raises:
        ConfigError: the configuration names no usable reranker.
        ProgramEnds: nobody will read the answer any more.
    """
    with timings.measure("rerank"):
        if not settings.enabled:
            return candidates, SecondLook(settings.model, "off")
        if not candidates:
            return candidates, SecondLook(settings.model, "empty")

        def rank() -> tuple[list[Candidate], SecondLook]:
            return _ranked(query, candidates, load, settings, kept)

        if is_observed():
            return observed_rerank(query, candidates, settings.model, rank, reranked_nodes)
        return rank()


def _ranked(
    query: str,
    candidates: list[Candidate],
    load: Callable[[], Reranker | Listwise],
    settings: RerankerConfig,
    kept: Callable[[Sequence[int]], Mapping[int, bytes]],
) -> tuple[list[Candidate], SecondLook]:
    name = settings.model
    try:
        reranker = load()
        if isinstance(reranker, Listwise):
            name = reranker.label
            return _put_in_order(query, candidates, reranker, settings.budget_ms)
        codes = kept([c.chunk_id for c in candidates]) if reranker.compares_kept else {}
        look = reranker.look(
            query,
            [read_by_models(c) for c in candidates],
            settings.budget_ms,
            [codes.get(c.chunk_id) for c in candidates],
        )
        asked = _asked(query, candidates, reranker, codes)
    except (ConfigError, ProgramEnds):
        raise
    except (ChatbotError, RuntimeError, ValueError) as error:
        logger.warning("the reranker failed", exc_info=True)
        return candidates, SecondLook(name, "failed", str(error))
    weight = reranker.fused_weight
    candidates = [replace(c, scores=replace(c.scores, asked=asked.get(c.chunk_id))) for c in candidates]
    return reordered(candidates, look.logits, weight), SecondLook(
        settings.model, "applied", "", weight, look.scored, len(candidates), round(look.spent_ms, 2)
    )


def _put_in_order(
    query: str, candidates: list[Candidate], model: Listwise, budget_ms: float
) -> tuple[list[Candidate], SecondLook]:
    start = time.perf_counter()
    order = model.order(query, candidates, budget_ms / 1000 if budget_ms else None)
    spent_ms = round((time.perf_counter() - start) * 1000, 2)
    return in_order(candidates, order.places), SecondLook(
        model.label, "applied", scored=len(order.places), of=len(candidates), spent_ms=spent_ms,
        listwise=True, tokens_sent=order.tokens_sent, tokens_received=order.tokens_received,
    )  # fmt: skip


def _asked(
    query: str, candidates: Sequence[Candidate], reranker: Reranker, codes: Mapping[int, bytes]
) -> dict[int, float]:
    """By chunk, the logit for the sentences of ``query`` that ask, of those whose token vectors were kept.

    The mean over all tokens falls with every word around the question, for passages that answer and others alike. Only
    the question is read once more for it. The order stays by the logit of the whole: what surrounds it may matter.
    """
    part = asking_part(query)
    known = [c for c in candidates if c.chunk_id in codes]
    if part == query.strip() or not known:
        return {}
    texts = [read_by_models(c) for c in known]
    logits = reranker.look(part, texts, None, [codes[c.chunk_id] for c in known]).logits
    return {c.chunk_id: logit for c, logit in zip(known, logits, strict=True) if logit is not None}


def reordered(
    candidates: Sequence[Candidate], logits: Sequence[float | None], fused_weight: float
) -> list[Candidate]:
    """Candidates by logit + ``fused_weight`` x fused score, with logit, sum (``combined``) and rank in them.

    One without a logit, because the time was up, comes after those that have one, in the fused order it came in
    and without a reranked rank: a sum without the logit would compare with nothing, and candidates are scored
    in fused order, so these are the ones that retrieval liked least.
    """
    scored, unscored = [], []
    for candidate, logit in zip(candidates, logits, strict=True):
        if logit is None:
            unscored.append(candidate)
            continue
        combined = logit + fused_weight * (candidate.scores.fused or 0.0)
        scored.append(replace(candidate, scores=replace(candidate.scores, rerank=logit, combined=combined)))
    scored.sort(key=lambda c: -(c.scores.combined or 0.0))  # stable: a tie keeps the fused order
    return [replace(c, reranked_rank=rank) for rank, c in enumerate(scored, 1)] + unscored
