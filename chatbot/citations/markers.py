"""[n] in an answer: numbered, parsed, and only those that exist are ever shown."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator

# what models write: [1] [1, 2] [1-3] [1][2] 【1】 [^1] ［1］
_CITATION = re.compile(r"\s?[\[【［]\^?\s*(\d{1,4}(?:\s*[,;\-–]\s*\d{1,4})*)\s*[\]】］]")
_SHOWN = re.compile(r"\[(\d+)\]")
_OPENERS = "[【［"
_CLOSERS = "]】］"
_LONGEST = 40  # characters; an opened bracket longer than this is no citation


def cited_numbers(text: str) -> list[int]:
    """The numbers cited in checked text, in order of first appearance."""
    return list(dict.fromkeys(int(number) for number in _SHOWN.findall(text)))


def check_citations(text: str, count: int) -> str:
    """``text`` with every citation written as [n] and those outside 1..``count`` removed."""
    return _CITATION.sub(lambda found: _rewritten(found, count), text)


def check_stream(deltas: Iterable[str], count: int) -> Generator[str, None, None]:
    """``check_citations`` over a stream: holds back an opened bracket until it is closed or too long."""
    held = ""
    for delta in deltas:
        held += delta
        ready = _complete_until(held)
        if ready:
            yield from _nonempty(check_citations(held[:ready], count))
            held = held[ready:]
    yield from _nonempty(check_citations(held, count))


def _rewritten(found: re.Match[str], count: int) -> str:
    numbers = [number for part in re.split(r"[,;]", found[1]) for number in _expand(part)]
    valid = [number for number in dict.fromkeys(numbers) if 1 <= number <= count]
    space = " " if valid and found[0][0].isspace() else ""
    return space + "".join(f"[{number}]" for number in valid)


def _expand(part: str) -> range:
    first, *last = (int(number) for number in re.findall(r"\d+", part))
    return range(first, min(last[0] if last else first, first + 50) + 1)


def _complete_until(text: str) -> int:
    """How much of ``text`` cannot be changed by what follows: a bracket may be open, or a space before one come."""
    opened = max(text.rfind(opener) for opener in _OPENERS)
    is_open = opened >= 0 and not any(closer in text[opened:] for closer in _CLOSERS)
    end = opened if is_open and len(text) - opened <= _LONGEST else len(text)
    return end - 1 if end and text[end - 1].isspace() else end


def _nonempty(text: str) -> Iterator[str]:
    if text:
        yield text
