"""Citations in an answer, ``[n]``: parsed, and only those that exist are ever shown. The one place that reads them."""

from __future__ import annotations

import re
from collections.abc import Container, Generator, Iterable, Iterator, Mapping

# what models write: [1] [1, 2] [1-3] [1][2] 【1】 [^1] ［1］
_WRITTEN = re.compile(r"(\s?)[\[【［]\^?\s*(\d{1,4}(?:\s*[,;\-–]\s*\d{1,4})*)\s*[\]】］]")
SHOWN = r"\[(\d{1,4})\]"  # the form in which every citation of a checked answer is written
_SHOWN = re.compile(SHOWN)
_RUN = re.compile(rf"\s?(?:{SHOWN})+")
_LEADING = re.compile(rf"(?:\s*{SHOWN})+")
# what an answer may end with so that a removed citation would make a new one of it: "[1[7]]"
_OPEN_NUMBER = re.compile(r"\[\d{0,4}$")
_OPEN_NUMBER_CHARS = 5
_OPENERS = "[【［"
_CLOSERS = "]】］"
_LONGEST = 40  # characters; an opened bracket longer than this is no citation


def citations_in(text: str) -> Iterator[tuple[int, int]]:
    """``(position, number)`` of each citation in checked text, in order."""
    for found in _SHOWN.finditer(text):
        yield found.start(), int(found[1])


def cited_numbers(text: str) -> list[int]:
    """The numbers cited in checked text, in order of first appearance."""
    return list(dict.fromkeys(number for _, number in citations_in(text)))


def without_citations(text: str) -> str:
    """Checked text without its citations and the space before each."""
    return _RUN.sub("", text)


def has_words(text: str) -> bool:
    """Whether text as a model writes it, which may end within a citation, says anything besides its citations."""
    return any(map(str.isalnum, _WRITTEN.sub("", text[: _complete_until(text)])))


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """Checked text with its citations under other numbers; those that ``numbers`` lacks stay."""
    return _SHOWN.sub(lambda found: f"[{numbers.get(int(found[1]), found[1])}]", text)


def leading_citations(text: str, start: int, end: int) -> int:
    """Where the citations end with which ``text[start:end]`` begins; ``start`` where there are none."""
    found = _LEADING.match(text, start, end)
    return found.end() if found else start


def in_parentheses(text: str) -> str:
    """Quoted text with its own bracketed numbers as (n): they would read as citations of the answer."""
    return _WRITTEN.sub(r"\1(\2)", text)


def check_citations(text: str, count: int | Container[int], before: str = "") -> str:
    """``text`` with every citation written as [n] and those removed that do not exist.

    ``count``: how many sources there are, or the numbers of those that may be cited. ``before`` is checked text that stands in front of it.
    """
    checked, position = before, 0
    for found in _WRITTEN.finditer(text):
        checked += text[position : found.start()]
        position = found.end()
        written = _rewritten(found, count, begins=checked.endswith("\n"))
        checked += written or " " * bool(
            _OPEN_NUMBER.search(checked, max(len(checked) - _OPEN_NUMBER_CHARS, 0))
        )
    return (checked + text[position:])[len(before) :]


def check_stream(deltas: Iterable[str], count: int | Container[int]) -> Generator[str, None, None]:
    """``check_citations`` over a stream: holds back an opened bracket until it is closed or too long.

    What is held back when ``deltas`` fails is given out before the error.
    """
    held = before = ""
    try:
        for delta in deltas:
            held += delta
            ready = _complete_until(held)
            if ready:
                checked = check_citations(held[:ready], count, before)
                yield from _nonempty(checked)
                held, before = held[ready:], (before + checked)[-_OPEN_NUMBER_CHARS:]
    except Exception:
        yield from _nonempty(check_citations(held, count, before))
        raise
    yield from _nonempty(check_citations(held, count, before))


def _rewritten(found: re.Match[str], count: int | Container[int], *, begins: bool) -> str:
    """``begins``: an empty line stands before it, which stays."""
    known = range(1, count + 1) if isinstance(count, int) else count
    numbers = [number for part in re.split(r"[,;]", found[2]) for number in _expand(part)]
    valid = [number for number in dict.fromkeys(numbers) if number in known]
    if begins and found[1] == "\n":
        return "\n" + "".join(f"[{number}]" for number in valid)
    return (" " if valid and found[1] else "") + "".join(f"[{number}]" for number in valid)


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
