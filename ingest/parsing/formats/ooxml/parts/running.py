"""Headers and footers, which stand on every page and are said once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.parsing.clean import one_line

# what is left of "Page 3 of 7" and "- 3 -" without their numbers
_NUMBERING = re.compile(r"(?:pages?|seite|of|쪽|페이지|총|제|면|[\W_\d])*", re.I)


def said_once(texts: Iterable[tuple[str, str]]) -> list[str]:
    """``[Header: ...]`` or ``[Footer: ...]`` for each different text, given as ``(place, text)``; no bare page numbers."""
    found: dict[str, None] = {}
    for place, text in texts:
        lines = [line for line in map(one_line, text.split("\n")) if line]
        if lines and not _NUMBERING.fullmatch(" ".join(lines)):
            found.setdefault(f"[{place}: {' | '.join(lines)}]")
    return list(found)
