"""Each cited sentence of an answer against its sources, where its sentences claim something."""

from __future__ import annotations

from chatbot.answering.answer import Answer, Written
from chatbot.citations.check import ClaimCheck, check_claims
from chatbot.engine.models import Models
from chatbot.trace import Timings


def check_citations(answered: Written, models: Models) -> tuple[ClaimCheck, ...]:
    """As ``Chatbot.check``. Raises ``ModelError``."""
    if not _claims_something(answered) or (calibration := models.check_calibration) is None:
        return ()
    timings = answered.timings if isinstance(answered, Answer) else Timings()
    with timings.seen("check"):
        return check_claims(
            answered.received, answered.sources, answered.candidates, calibration, models.reranker.score
        )


def _claims_something(answered: Written) -> bool:
    """What was computed stands in no sentence, headings claim nothing, and quotes are the sources' own words."""
    request, gathered = answered.request, answered.gathered
    if answered.gate.refused or answered.declined or request.kind == "table" or request.topic == "outline":
        return False
    if gathered is not None and request.kind == "compare":
        return answered.received.strip() != gathered.quoted.strip()
    return True
