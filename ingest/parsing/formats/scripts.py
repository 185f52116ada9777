"""Raised and lowered runs in plain text: ``10^6``, ``m^2``, ``x_i``, ``H2O``, ``3/16``, ``1,250 [3]``.

A raised number is an exponent after a unit, a single letter, a closing parenthesis in a formula or the base 10, and
wherever the figures around it are a formula. After other words and figures it is the mark of a note: glued to what
stands before it, it would make another figure of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

Level = Literal[-1, 0, 1, 2]  # lowered, on the line, raised, and a note's mark, however high it stands
Script = Literal["", "up", "down", "mark"]  # the same by name
# a run of text and where it stands
Run: TypeAlias = tuple[str, Script]

_LEVELS: dict[Script, Level] = {"": 0, "up": 1, "down": -1, "mark": 2}
# fmt: off
_LENGTHS = frozenset({"mm", "cm", "dm", "km", "in", "ft", "yd", "mi", "nm", "µm", "μm", "um", "rad", "sec", "min"})
_UNITS = _LENGTHS | frozenset({
    "kg", "mg", "hr", "hrs", "day", "yr", "mol", "mmol", "kW", "MW", "Hz", "kHz", "MHz", "kPa", "MPa", "GPa", "Pa",
    "bar", "kN", "kJ", "MJ", "cd", "lm", "lx", "sr", "dB", "eV", "keV", "MeV", "Wh", "kWh",
})
# fmt: on
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "re", "e", "ère", "ª", "º"})
_SIGNS = {"TM": "™", "tm": "™", "SM": "℠", "(R)": "®"}
_STANDS_HIGH = frozenset("®™℠°′″'\"ºª")
_MARK = re.compile(
    r"\(?[\[(]?(?:주|註|注)?\s*(?:\d{1,3}|[a-zA-Z]|[*†‡§¶#※]{1,4})[\])]?(?:\s*[,;–-]\s*\(?(?:\d{1,3}|[a-zA-Z]|[*†‡§¶#]+)\)?)*"
)
# it stays as its note writes it; a figure does not, as (1) is minus one in accounts
_LETTER_IN_BRACKETS = re.compile(r"\([a-zA-Z]\)")
_SYMBOL_MARK = re.compile(r"[*†‡§¶#※]{1,4}")
_SIGNED = re.compile(r"[-−–+]\d+(?:\.\d+)?")
_CHARGE = re.compile(r"\d*[+\-−–]")
_TRAILING_WORD = re.compile(r"[A-Za-zµμΩÅ]+$")
_TRAILING_FIGURE = re.compile(r"[\d.,]*\d$")
_ELEMENT = re.compile(r"(?:[A-Z][a-z]?|[)\]])$")
_FORMULA_BEFORE = re.compile(r"[=×·*/^+<>≤≥±÷∙⋅][  ]*$")
_FORMULA_AFTER = re.compile(r"[  ]*[=×·/^+<>≤≥±÷∙⋅]")
_FACTORS = 3  # letters of a product in a formula: E = mc
_INDEXED = re.compile(r"(?<![^\W_])[^\W\d_]_\w{1,3}$")  # x_1, as a letter with a lowered run was written
_ION = re.compile(r"(?:[A-Z][a-z]?\d*|[)\]])$")
# powers that are no single number, and what they stand on
_POWER = re.compile(r"\d+\.\d+|[-−–][a-z]|[i-z]|[^=+×*/^√]{0,20}[=+×*/^√].{0,20}")
_BASES = frozenset("0123456789)exyzabn")
_STRUCK = "~~"
# two struck runs that follow each other are one
_STRUCK_ON = re.compile(r"~~( {0,3})~~")
_DASHES = str.maketrans("−–", "--")
# as much of the line as decides; a line of a million runs must not be looked at again for each of them
_LOOK_BACK = 40


def joined(runs: Iterable[Run]) -> str:
    """The runs of one paragraph as one plain line."""
    line = Line()
    for text, script in runs:
        line.add(text, _LEVELS[script])
    return line.text()


class Line:
    """Collects the runs of one paragraph in order; ``text`` gives them as one plain line."""

    def __init__(self) -> None:
        self._runs: list[tuple[str, Level]] = []

    def add(self, text: str, level: Level = 0, is_struck: bool = False) -> None:
        """A run; one that is struck through reads ``~~500~~``: it no longer holds."""
        if not text:
            return
        if level and not text.strip():
            level = 0
        if not is_struck or not text.strip():
            self._runs.append((text, level))
            return
        # the spaces around stay outside
        start = len(text) - len(text.lstrip())
        end = len(text.rstrip())
        around: list[tuple[str, Level]] = [
            (text[:start], 0),
            (_STRUCK, 0),
            (text[start:end], level),
            (_STRUCK, 0),
            (text[end:], 0),
        ]
        self._runs += [run for run in around if run[0]]

    def add_apart(self, text: str) -> None:
        """A piece with figures of its own (an equation): no figure or letter beside it is glued to it."""
        if text:
            self._runs.append((f"\0{text}\0", 0))

    def text(self) -> str:
        runs = _merged(self._runs)
        done: list[str] = []
        tail = ""
        for index, (run, level) in enumerate(runs):
            piece = run if level == 0 else _script(tail, run, level, runs[index + 1 : index + 3])
            if level == 0 and index and runs[index - 1][1]:
                # 3⁄16 has a stroke of its own between raised and lowered figures
                piece = f"/{piece[1:]}" if piece[0] in "⁄∕" else piece
                piece = f" {piece}" if _glued(tail, piece) else piece
            done.append(piece)
            tail = (tail + piece[-_LOOK_BACK:])[-_LOOK_BACK:]
        line = _STRUCK_ON.sub(r"\1", "".join(done))
        return _apart(line) if any("\0" in run for run, _ in runs) else line


def _merged(runs: list[tuple[str, Level]]) -> list[tuple[str, Level]]:
    """Runs of one level as one; Word splits a number into several of them."""
    found: list[tuple[list[str], Level]] = []
    for text, level in runs:
        if found and found[-1][1] == level:
            found[-1][0].append(text)
        else:
            found.append(([text], level))
    return [("".join(texts), level) for texts, level in found]


def _apart(text: str) -> str:
    """Spaces in place of the marks around equations, where figures or letters would meet."""
    text = re.sub(r"\0\0|(?<=[0-9A-Za-z)\]])\0(?=[0-9A-Za-z√∑∫])", " ", text)
    return text.replace("\0", "")


def _glued(tail: str, piece: str) -> bool:
    """Whether text that follows a raised or lowered run would read as part of it."""
    if not piece[:1].isascii():
        return False  # a Korean particle belongs to the word before it
    if tail[-1:] == "]":
        return piece[:1].isalnum() or piece[:1] == "["
    return piece[:1].isalnum() and re.search(r"[_^]-?\w+$", tail) is not None


def _script(before: str, run: str, level: Level, after: list[tuple[str, Level]]) -> str:
    lead = run[: len(run) - len(run.lstrip())]
    trail = run[len(run.rstrip()) :]
    core = run.strip()
    if level == 2 and (mark := _mark(core)) != "[]":
        return lead + (" " if before + lead and not (before + lead)[-1].isspace() else "") + mark + trail
    if level < 0:
        return lead + _lowered(before + lead, core) + trail
    if core.isdecimal() and _is_numerator(after):
        # a whole number before the fraction stays apart
        return (" " if before[-1:].isdecimal() else "") + core
    return lead + _raised(before + lead, core, after[0][0] if after else "") + trail


def _is_numerator(after: list[tuple[str, Level]]) -> bool:
    """Whether a slash and a lowered number follow: 3 raised, /, 16 lowered."""
    if not after or after[0][1] != 0:
        return False
    slash = after[0][0].strip()
    return slash[:1] == "⁄" or (slash == "/" and len(after) > 1 and after[1][1] < 0)


def _lowered(before: str, text: str) -> str:
    if before.endswith(("/", "⁄")) and text.isdecimal():
        return text
    if not before or before[-1].isspace() or (text.isdecimal() and _ELEMENT.search(before)):
        return text
    return f"_{text}" if re.fullmatch(r"[\w.]+", text) else f"_({text})"


def _raised(before: str, text: str, following: str) -> str:
    is_degree = re.match(r"\s?[CFKcf]\b", following) and re.search(r"\d\s?$", before)
    if text in ("°", "º", "o", "0", "O") and is_degree:
        return "°"
    if text in _SIGNS or text in _STANDS_HIGH or _SYMBOL_MARK.fullmatch(text):
        return _SIGNS.get(text, text)
    if not before or before[-1].isspace():
        if not _is_mark(text) or _LETTER_IN_BRACKETS.fullmatch(text):
            return text
        return _mark(text) + ("" if before.strip() else " ")
    if text.lower() in _ORDINALS and before[-1].isdecimal():
        return text
    if _is_exponent(before, text, following):
        text = text.translate(_DASHES)
        return f"^{text}" if re.fullmatch(r"-?[\w.]+|\d*[+-]", text) else f"^({text})"
    if _is_mark(text) and not _LETTER_IN_BRACKETS.fullmatch(text):
        return f" {_mark(text)}"
    if text[0] in "[(":
        return f" {text}"
    return f"^({text})" if before[-1].isalnum() and len(text) <= 20 else f" {text}"


def _mark(text: str) -> str:
    return f"[{text.strip('[]() ')}]"


def _is_mark(text: str) -> bool:
    return len(text) <= _LOOK_BACK and _MARK.fullmatch(text) is not None


def _is_exponent(before: str, text: str, following: str) -> bool:
    if _SIGNED.fullmatch(text) or (_POWER.fullmatch(text) and before[-1] in _BASES):
        return True
    if _CHARGE.fullmatch(text) and _ION.search(before):
        return True
    if _INDEXED.search(before):
        return text.isdecimal() or len(text) == 1
    formula = bool(_FORMULA_AFTER.match(following))
    if word := _TRAILING_WORD.search(before):
        if not text.isdecimal():
            return len(word.group()) == 1 and len(text) <= 3 and not _SYMBOL_MARK.fullmatch(text)
        unit = word.group()
        if text == "1":  # nobody writes x to the power of 1: it is a note
            return False
        if len(unit) == 1 or (len(unit) <= _FACTORS and _FORMULA_BEFORE.search(before[: word.start()])):
            return True
        return (unit in _LENGTHS and text in ("2", "3", "4")) or (
            unit in _UNITS and formula and text in ("2", "3")
        )
    if figure := _TRAILING_FIGURE.search(before):
        if not text.isdecimal():
            return False
        ahead = before[: figure.start()]
        if figure.group() == "10":
            return True
        plain = "," not in figure.group()
        return plain and (formula or bool(_FORMULA_BEFORE.search(ahead)))
    if before[-1] in ")]":
        inside = before[max(before.rfind("("), before.rfind("[")) + 1 : -1]
        return text.isdecimal() and (
            formula or (bool(re.search(r"[=+×*/^−-]", inside)) and len(inside) <= 20)
        )
    return before[-1] in "₀₁₂₃₄₅₆₇₈₉" or (_is_greek(before[-1]) and text.isdecimal())


def _is_greek(char: str) -> bool:
    """A Greek letter, which stands alone in a formula."""
    return "\u0370" <= char <= "\u03ff"
