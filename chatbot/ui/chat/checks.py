"""What the citation check found, quietly: a mark at each number, and one line under the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatbot.citations.check import ClaimCheck, Verdict
from chatbot.conversations.record import Trace
from chatbot.rendering.answer import Mark, passage_id
from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say

if TYPE_CHECKING:
    from chatbot.ui.chat.exchange import Exchange

_CITATION = re.compile(r"\[(\d{1,4})\]")
_KINDS: dict[Verdict, str] = {"supported": "ok", "weak": "weak", "not supported": "not"}  # CSS classes
_WORDS: dict[Verdict, str] = {"supported": "check_ok", "weak": "check_weak", "not supported": "check_not"}


def marks(text: str, checks: Sequence[ClaimCheck] | None, say: Say) -> list[Mark]:
    """One for each citation in ``text``, in order; an empty one where nothing was checked."""
    found = []
    for citation in _CITATION.finditer(text):
        check = next((c for c in checks or () if c.start <= citation.start() < c.end), None)
        found.append(Mark() if check is None else Mark(_KINDS[check.verdict], say(_WORDS[check.verdict])))
    return found


def check_line(exchange: Exchange, trace: Trace, anchor: str, say: Say) -> str:
    """ "2 of 3 cited sentences are borne out", and where a better source stands; empty without a check."""
    if exchange.not_checked:
        return f'<span class="sl-fine">{as_html(say("not_checked", reason=say.error(exchange.not_checked)))}</span>'
    checks = exchange.checks
    if not checks:
        return ""
    counts = Counter(_KINDS[check.verdict] for check in checks)
    kind = "not" if counts["not"] else "weak" if counts["weak"] else "ok"
    words = say("checked_all") if kind == "ok" else say("checked", supported=counts["ok"], claims=len(checks))
    better = [check.better for check in checks if check.better is not None]
    offers = "".join(_better(rank, trace, anchor, say) for rank in dict.fromkeys(better))
    return f'<span class="sl-checked sl-check-{kind}">{as_html(words)}{offers}</span>'


def _better(rank: int, trace: Trace, anchor: str, say: Say) -> str:
    """A candidate that bears a sentence out better: a link where it is a source, its place where it is not."""
    if rank <= len(trace.sources):
        return f' <a class="sl-better" href="#{passage_id(anchor, rank)}">{as_html(say("better_source", number=rank))}</a>'
    candidate = trace.candidates[rank - 1]
    name = candidate.document.rsplit("/", 1)[-1]
    words = say("better_candidate", rank=say.rank(rank), name=name)
    return f' <span class="sl-better" title="{as_attribute(candidate.text[:300])}">{as_html(words)}</span>'
