"""Hidden text: words that a file holds and that nobody who opens it sees.

Such words are kept apart from the document's text, so that they reach no search, prompt, quote or citation. They
are counted in the document's status, and shown on request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

How = Literal["marked", "colour", "size", "transparent", "covered", "clipped", "outside", "unpainted"]
WAYS: tuple[How, ...] = get_args(How)


@dataclass(frozen=True, slots=True)
class HiddenText:
    """Words that the original does not show.

    Attributes:
        place: where in the document's text they would stand, in characters.
        how: one of these:

            - ``marked`` as hidden in the file: a font, row, sheet, slide or element
            - in the ``colour`` of what is behind them
            - of a ``size`` that nobody can read
            - ``transparent``, ``covered`` by something, ``clipped``, or ``outside`` the page
            - ``unpainted``: by a PDF's rendering mode, without a scan that they belong to
    """

    place: int
    text: str
    how: How


def to_stored(pieces: Iterable[HiddenText]) -> str:
    """As it is kept in the index; empty for none."""
    rows = [[piece.place, piece.text, piece.how] for piece in pieces]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def from_stored(stored: str) -> tuple[HiddenText, ...]:
    """What ``to_stored`` wrote; nothing for an empty string."""
    return tuple(HiddenText(place, text, how) for place, text, how in json.loads(stored)) if stored else ()
