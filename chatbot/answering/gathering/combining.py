"""The searches of all parts as one trace: sources numbered through, candidates each once, one verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.gate import best_of
from chatbot.answering.gathering.finding import Found
from chatbot.citations.sources import Scorer, number_sources
from chatbot.trace import Candidate, Gate, SecondLook, Sentence, Source


def sources_of(parts: Sequence[Found], score: Scorer) -> list[tuple[Source, ...]]:
    """The sources of each part, scored for it. A passage that two parts found has one number."""
    numbers: dict[int, int] = {}
    found = []
    for place, part in enumerate(parts, 1):
        look = part.search.second_look
        of_part = part.rows or number_sources(
            part.kept, part.search.query, score if look.has_logits else None
        )
        found.append(
            tuple(
                _under(source, numbers.setdefault(source.candidate.chunk_id, len(numbers) + 1), place)
                for source in of_part
            )
        )
    return found


def _under(source: Source, number: int, part: int) -> Source:
    return replace(
        source, number=number, candidate=replace(source.candidate, rank=number, kept=True, part=part)
    )


def merged(of_parts: Sequence[Sequence[Source]]) -> tuple[Source, ...]:
    """Each source once, by number, marked with what matters to any of the parts."""
    found: dict[int, Source] = {}
    for source in (source for of_part in of_parts for source in of_part):
        known = found.get(source.number)
        found[source.number] = source if known is None else _marked(known, source)
    return tuple(found[number] for number in sorted(found))


def _marked(one: Source, other: Source) -> Source:
    sentences = tuple(max(pair, key=_bears) for pair in zip(one.sentences, other.sentences, strict=True))
    highlights = {sentence.start: sentence for sentence in (*one.highlights, *other.highlights)}
    return replace(one, sentences=sentences, highlights=tuple(highlights[at] for at in sorted(highlights)))


def _bears(sentence: Sentence) -> float:
    return sentence.relevance


def candidates_of(parts: Sequence[Found], sources: Sequence[Source]) -> tuple[Candidate, ...]:
    """The sources first, then the others by their rank in their part; fused ranks count the parts' lists in turns."""
    best: dict[int, Candidate] = {}
    for place, part in enumerate(parts, 1):
        for candidate in part.search.candidates:
            known = best.get(candidate.chunk_id)
            if known is None or candidate.rank < known.rank:
                best[candidate.chunk_id] = replace(candidate, part=place, kept=False)
    best |= {source.candidate.chunk_id: source.candidate for source in sources}
    cited = {source.candidate.chunk_id: source.number for source in sources}
    others = sorted((c for c in best.values() if c.chunk_id not in cited), key=lambda c: (c.rank, c.part))
    ordered = [*sorted((best[chunk] for chunk in cited), key=lambda c: cited[c.chunk_id]), *others]
    in_turns = sorted(
        (c for c in ordered if c.fused_rank is not None), key=lambda c: (c.fused_rank or 0, c.part)
    )
    fused_ranks = {c.chunk_id: rank for rank, c in enumerate(in_turns, 1)}
    return tuple(
        replace(
            c, rank=rank, fused_rank=fused_ranks.get(c.chunk_id),
            reranked_rank=None if c.reranked_rank is None else rank,
        )
        for rank, c in enumerate(ordered, 1)
    )  # fmt: skip


def look_of(parts: Sequence[Found], candidates: int) -> SecondLook:
    """The second looks as one: failed where one failed, partial where one was."""
    looks = [part.search.second_look for part in parts]
    worst = next((look for look in looks if look.outcome == "failed"), None) or next(
        (look for look in looks if look.applied), looks[0]
    )
    missing = sum(look.of - look.scored for look in looks if look.applied)
    spent = round(sum(look.spent_ms for look in looks), 2)
    return replace(worst, scored=max(candidates - missing, 0) if worst.applied else 0, of=candidates, spent_ms=spent)  # fmt: skip


def gate_of(parts: Sequence[Found]) -> Gate:
    """The best verdict of a part: refused only where no part is found."""
    return best_of(part.gate for part in parts)
