"""Korean and English in one library: does it hold passages of the other language, and one list of what both found.

A question finds passages in the other language by meaning alone. Searched a second time in that language, it finds them
by their words too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.store import Scope, View
from chatbot.text.language import in_another_language, language_of
from chatbot.trace import Candidate

# terms that prose of a language has any of, and all of: common endings, and words of every sentence
_PROSE: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "ko": (("니다", "에서", "으로", "하는", "이다", "한다"), ()),
    "en": (("of", "to", "and", "in", "is"), ("the",)),
}
_READ = 50  # passages that fit are looked at: an English title in a Korean passage fits too


def holds_other_language(view: View, query: str, found: Sequence[Candidate], scope: Scope | None) -> bool:
    """Whether passages in the language that ``query`` is not in are among those that may be searched.

    Args:
        found: the candidates of ``query``: where one of them is, nothing more is looked up.
    """
    if any(in_another_language(query, [candidate.text for candidate in found])):
        return True
    any_of, all_of = _PROSE["en" if language_of(query) == "ko" else "ko"]
    return any(in_another_language(query, view.texts_with(any_of, _READ, scope, all_of)))


def merged(first: Sequence[Candidate], second: Sequence[Candidate], k: int) -> list[Candidate]:
    """The k best of both lists by their fused scores, each passage once with the better of its two.

    Fused scores are standard scores within their own search: what stands out in one of them comes first.
    """
    best: dict[int, Candidate] = {}
    for candidate in (*first, *second):
        other = best.get(candidate.chunk_id)
        if other is None or _fused(candidate) > _fused(other):
            best[candidate.chunk_id] = candidate
    ordered = sorted(best.values(), key=lambda c: (-_fused(c), c.chunk_id))[:k]
    return [replace(c, rank=rank, fused_rank=rank) for rank, c in enumerate(ordered, 1)]


def _fused(candidate: Candidate) -> float:
    return candidate.scores.fused or 0.0
