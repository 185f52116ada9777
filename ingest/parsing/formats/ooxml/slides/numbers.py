"""Automatic numbers of paragraphs on a slide, by the names of PPTX (``arabicPeriod``): ``3.``, ``b)``, ``(iv)``."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.parsing.formats.numbering import counter

_FORMS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabicDb": "decimalFullWidth",
    "circleNumDb": "decimalEnclosedCircle",
    "circleNumWdWhite": "decimalEnclosedCircle",
    "circleNumWdBlack": "decimalEnclosedCircle",
    "ea1Chs": "chineseCounting",
    "ea1Cht": "chineseCounting",
    "ea1JpnKor": "chineseCounting",
    "ea1JpnChsDb": "chineseCounting",
}
_ENDS = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Plain": "{}", "Minus": "{}-"}


@dataclass(slots=True)
class SlideNumbers:
    """Counts the paragraphs of one text."""

    _counts: dict[int, tuple[str, int, int]] = field(default_factory=dict)

    def next(self, level: int, kind: str | None, start: int = 1) -> str:
        """The number of the next paragraph at this ``level`` (from 0); empty for one without (``kind`` ``None``).

        A paragraph without a number ends the count of its level and of those below.
        """
        for deeper in [place for place in self._counts if place > level]:
            del self._counts[deeper]
        if kind is None:
            self._counts.pop(level, None)
            return ""
        before = self._counts.get(level)
        value = before[2] + 1 if before is not None and before[:2] == (kind, start) else start
        self._counts[level] = kind, start, value
        end = next((end for end in _ENDS if kind.endswith(end)), "Period")
        return _ENDS[end].format(counter(value, _FORMS.get(kind.removesuffix(end), "decimal")))
