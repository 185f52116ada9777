"""Relevance judgements: which retrieved chunks are right for a question, whatever the splitter made of the documents.

What is right is resolved to characters of the stored text, so that the same file of questions judges every
splitter. Of what a gold gives, the narrowest decides: the passage, else the answer, else the page, else the document.

    passage     a chunk that holds at least half of it, or lies at least half in it
    answer      a chunk that holds all of it (on the page and in the document, where given)
    page        a chunk that starts on it
    document    any chunk of it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatbot.store import ChunkRow, View
from chatbot.trace import Candidate
from evaluation.questions import Gold, Question

_PASSAGE_SHARE = 0.5
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Target:
    """A gold, found in an index.

    Attributes:
        spans: uri -> where in the document's text; ``None``: anywhere in it.
        share: how much of a span a chunk must hold, or of itself have in it where ``or_inside``.
    """

    spans: dict[str, tuple[_Span, ...] | None]
    grade: int
    page: int | None = None
    share: float = 1.0
    or_inside: bool = False

    def is_met_by(self, chunk: Candidate | ChunkRow) -> bool:
        if chunk.document not in self.spans or (self.page is not None and chunk.page != self.page):
            return False
        spans = self.spans[chunk.document]
        start, end = chunk.span if isinstance(chunk, Candidate) else (chunk.start, chunk.end)
        return spans is None or any(self._covers(start, end, span) for span in spans)

    def _covers(self, start: int, end: int, span: _Span) -> bool:
        common = min(end, span[1]) - max(start, span[0])
        whole = span[1] - span[0]
        return common > 0 and common >= self.share * (min(whole, end - start) if self.or_inside else whole)


class Judge:
    """Finds golds in one index."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._uris = [row.uri for row in view.documents() if row.chunks]
        self._exact = set(self._uris)
        self._by_name: dict[str, list[str]] = {}
        for uri in self._uris:
            self._by_name.setdefault(uri.rsplit("/", 1)[-1], []).append(uri)
        self._texts: dict[str, _Searchable] = {}

    def targets(self, question: Question) -> tuple[list[Target], str]:
        """What is right for ``question``, and why something of it is not in this index (empty: all is)."""
        found = [self._target(gold) for gold in question.golds]
        missing = [reason for reason in found if isinstance(reason, str)]
        return [target for target in found if isinstance(target, Target)], "; ".join(missing)

    def wrongs(self, question: Question) -> list[Target]:
        """What is known to be wrong for ``question``; a passage that is gone can do no harm."""
        found = [self._target(gold) for gold in question.wrongs]
        return [target for target in found if isinstance(target, Target)]

    def _target(self, gold: Gold) -> Target | str:
        documents = self._documents(gold.document)
        if not documents:
            return f"no document {gold.document!r} in the index"
        if not (gold.passage.strip() or gold.answer.strip()):
            return self._checked(Target(dict.fromkeys(documents), gold.grade, gold.page), gold)
        wanted = gold.passage if gold.passage.strip() else gold.answer
        spans = {uri: tuple(self._text(uri).find(wanted)) for uri in documents}
        spans = {uri: places for uri, places in spans.items() if places}
        if not spans:
            return f"{gold.document or 'no document'} {'lacks' if gold.document else 'has'} {wanted[:40]!r}"
        if gold.passage.strip():
            return Target(dict(spans), gold.grade, share=_PASSAGE_SHARE, or_inside=True)
        return self._checked(Target(dict(spans), gold.grade, gold.page), gold)

    def _checked(self, target: Target, gold: Gold) -> Target | str:
        """A page that no chunk starts on can never be met: the question would count as failed for nothing."""
        if gold.page is None or any(
            target.is_met_by(chunk) for uri in target.spans for chunk in self._view.chunks_of(uri)
        ):
            return target
        return f"no passage of {gold.document} is on page {gold.page}"

    def _documents(self, name: str) -> list[str]:
        """All without a name; else the document of that uri, name, or end of the path."""
        if not name:
            return self._uris
        if name in self._exact:
            return [name]
        if "/" not in name:
            return self._by_name.get(name, [])
        return [uri for uri in self._by_name.get(name.rsplit("/", 1)[-1], []) if uri.endswith(f"/{name}")]

    def _text(self, uri: str) -> _Searchable:
        if uri not in self._texts:
            self._texts[uri] = _Searchable(self._view.document_text(uri))
        return self._texts[uri]


class _Searchable:
    """A text in which something is found whatever its white space and case."""

    def __init__(self, text: str) -> None:
        self._places = [i for i, character in enumerate(text) if not character.isspace()]
        self._bare = _bare(text)

    def find(self, wanted: str) -> Iterable[_Span]:
        """Every place of ``wanted``, as characters of the text."""
        bare = _bare(wanted)
        at = self._bare.find(bare)
        while bare and at >= 0:
            yield self._places[at], self._places[at + len(bare) - 1] + 1
            at = self._bare.find(bare, at + len(bare))


def _bare(text: str) -> str:
    """Character for character: one that gets longer in lower case stays as it is."""
    return "".join(
        low if len(low := character.lower()) == 1 else character
        for character in text
        if not character.isspace()
    )


def target_ranks(chunks: Sequence[Candidate | ChunkRow], targets: Sequence[Target]) -> list[int | None]:
    """For each target the place, from 1, of the first chunk that meets it; ``None`` if none does."""
    return [
        next((place for place, chunk in enumerate(chunks, 1) if target.is_met_by(chunk)), None)
        for target in targets
    ]
