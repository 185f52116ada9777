"""The values in a text of JSON, JSON Lines, or JSON with the usual faults: one bad record spoils no other."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.errors import Phrase

_NAMED_LINES = 10
# strings stay as they are; comments go, and commas before a closing bracket
_LENIENT = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")|//[^\n]*|,(?=\s*+[}\]])', re.S)
_GAP = re.compile(r"[\s,\x1e]*")
# a text of which less can be read is better kept as it is
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Loaded:
    """``values`` is ``None`` for a text that has to be taken as it is."""

    values: list[Any] | None
    problems: tuple[str, ...] = ()


def load(text: str) -> Loaded:
    """Numbers stay text: they have no limit here, and 1.50 stays 1.50. Raises ``RecursionError`` for deep nesting."""
    try:
        return Loaded([_loads(text)])
    except json.JSONDecodeError as error:
        broken_at = error.lineno
    if (lines := _json_lines(text)) is not None:
        return lines
    try:
        return Loaded([_loads(_cleaned(text))])
    except json.JSONDecodeError:
        pass
    values, end = _one_after_the_other(text)
    if values and end >= len(text.rstrip(" \n\t,]\x1e")):
        # whole values up to the end, as logs write them; an array that was cut between two of them is not whole
        is_array = text.lstrip().startswith("[") and not text.rstrip().endswith("]")
        return Loaded(values, (_bad([text.count("\n") + 1]),) if is_array else ())
    if values and end >= _LEAST * len(text):
        return Loaded(values, (_bad([text.count("\n", 0, end) + 1 + _blank_lines(text, end)]),))
    return Loaded(None, (Phrase("not valid JSON (line {line}), kept as plain text", line=broken_at),))


def _loads(text: str) -> Any:
    return json.loads(
        text, parse_int=str, parse_float=str, parse_constant=str, strict=False, object_pairs_hook=_object
    )


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A key that occurs twice keeps both values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        for key in found:
            values = [value for name, value in pairs if name == key]
            found[key] = values if len(values) > 1 else values[0]
    return found


def _cleaned(text: str) -> str:
    return _LENIENT.sub(lambda found: found.group(1) or "", text)


def _json_lines(text: str) -> Loaded | None:
    """A value on each line; ``None`` where most lines are none."""
    values: list[Any] = []
    bad: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip(" \t\x1e,")
        if not line or line in ("[", "]"):
            continue
        for candidate in (line, _cleaned(line)):
            try:
                values.append(_loads(candidate))
                break
            except (json.JSONDecodeError, RecursionError):
                continue
        else:
            bad.append(number)
        if len(bad) > len(values) + 1:
            return None
    good = sum(1 for value in values if isinstance(value, (dict, list)))
    if good < 2 or good < len(values) or len(bad) > good:
        return None
    return Loaded(values, (_bad(bad),) if bad else ())


def _one_after_the_other(text: str) -> tuple[list[Any], int]:
    """Values that follow each other, of a list at the top or without one; where the first bad one begins."""
    decoder = json.JSONDecoder(
        parse_int=str, parse_float=str, parse_constant=str, strict=False, object_pairs_hook=_object
    )
    values: list[Any] = []
    start = _GAP.match(text)
    at = start.end() if start is not None else 0
    if text.startswith("[", at):
        at += 1
    while True:
        gap = _GAP.match(text, at)
        at = gap.end() if gap is not None else at
        try:
            value, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            return values, at
        if not isinstance(value, (dict, list)):
            return values, at
        values.append(value)


def _blank_lines(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.group().count("\n") if gap is not None else 0


def _bad(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return Phrase("line {line} is not valid JSON", line=lines[0])
    named = ", ".join(map(str, lines[:_NAMED_LINES])) + (", ..." if lines[_NAMED_LINES:] else "")
    return Phrase("lines {lines} are not valid JSON", lines=named)
