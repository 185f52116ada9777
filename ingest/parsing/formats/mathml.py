"""MathML as one line of text: the TeX that its author wrote, else the formula written out (``(15 w)/2``)."""

from __future__ import annotations

import re

from ingest.parsing.xml_tree import Element, children, name

# deeper formulas are nobody's; each level is a call
_MAX_DEPTH = 60
_MAX_TEX = 4_000
_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b\u2060\ufeff"))
_TIGHT = re.compile(r"[^\W_]+(?:[.,]\d+)*|\([^()]*\)|√\([^()]*\)")
_COMMAND = re.compile(
    r"\\(?:begin|end|color|textcolor|label|tag|href|class|style|cssId|unicode)\s*\{[^{}]*\}|\\[a-zA-Z]+\*?"
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SPACED = frozenset("=<>≤≥≠≈≡→←⇒⇔+−±×÷·∈∉⊂⊆∪∩∧∨∼≃∝|")
_ACCENTS = {"¯": "bar", "‾": "bar", "^": "hat", "ˆ": "hat", "~": "tilde", "→": "vec", "˙": "dot", "¨": "ddot"}


def formula_text(math: Element) -> str:
    """One line for a ``math`` element: its TeX annotation or ``alttext`` where it says what the formula shows."""
    written = linear(math)
    for tex in (_annotation(math), math.get("alttext") or ""):
        tex = " ".join(tex.split())[:_MAX_TEX]
        if tex and agrees(tex, written):
            return _bare(tex)
    return written


def agrees(tex: str, shown: str) -> bool:
    """Whether the words of ``tex`` are in the formula as it is shown; nobody sees an annotation of other words."""
    letters = "".join(char for char in shown.lower() if char.isalnum())
    if not letters:
        return True
    # a root or an accent may be a command in the one and a name in the other
    unknown = [word for word in _WORD.findall(_COMMAND.sub(" ", tex).lower()) if word not in letters]
    return len(unknown) <= 1


def linear(math: Element) -> str:
    """The formula from its presentation elements."""
    return " ".join(_of(math, 0).translate(_INVISIBLE).split())


def _bare(tex: str) -> str:
    """Without the ``\\displaystyle`` that Wikipedia puts around each formula."""
    found = re.fullmatch(r"\{\\(?:displaystyle|textstyle)\s*(.*)\}", tex)
    return (found.group(1) if found else tex).strip()


def _annotation(math: Element) -> str:
    for found in math.iter():
        if name(found) == "annotation" and "tex" in (found.get("encoding") or "").lower():
            return "".join(found.itertext())
    return ""


def _of(element: Element, depth: int) -> str:
    local = name(element)
    if depth > _MAX_DEPTH or local in ("annotation", "annotation-xml", "mphantom", "none", "mprescripts"):
        return ""
    parts = [
        _of(inner, depth + 1)
        for inner in children(element)
        if name(inner) not in ("annotation", "annotation-xml")
    ]
    if local in ("mi", "mn", "mtext", "ms", "mo", "ci", "cn"):
        text = " ".join(("".join(element.itertext())).split())
        if local == "mo" and text in _SPACED:
            return f" {text} "
        # a word, as "sin" or a unit, keeps apart from its neighbours
        return f" {text} " if (local == "mtext" or (local == "mi" and len(text) > 1)) else text
    if local == "mfrac" and len(parts) == 2:
        return f"{_mixed(element)}{_group(parts[0])}/{_group(parts[1])}"
    if local in ("msup", "mover") and len(parts) == 2:
        if local == "mover" and (accent := _ACCENTS.get(parts[1].strip())):
            return f"{accent}({parts[0].strip()})"
        return f"{_group(parts[0])}^{_group(parts[1])}"
    if local in ("msub", "munder") and len(parts) == 2:
        return f"{_group(parts[0])}_{_group(parts[1])}"
    if local in ("msubsup", "munderover") and len(parts) == 3:
        return f"{_group(parts[0])}_{_group(parts[1])}^{_group(parts[2])} "
    if local == "msqrt":
        return f"√({''.join(parts).strip()})"
    if local == "mroot" and len(parts) == 2:
        return f"root({parts[0].strip()}, {parts[1].strip()})"
    if local == "mfenced":
        return _fenced(element, parts)
    if local in ("mtr", "mlabeledtr"):
        return ", ".join(part.strip() for part in parts) + "; "
    if local == "mtable":
        return f"[{''.join(parts).strip().rstrip(';')}]"
    if local == "mspace":
        return " "
    own = element.text or "" if local not in ("semantics", "mrow", "math") else ""
    return own.strip() + "".join(parts)


def _mixed(fraction: Element) -> str:
    """A space between 3 and 1/4: 31/4 is another number."""
    before = fraction.getprevious()
    return " " if before is not None and name(before) == "mn" else ""


def _group(text: str) -> str:
    text = text.translate(_INVISIBLE).strip()
    return text if not text or _TIGHT.fullmatch(text) or len(text) == 1 else f"({text})"


def _fenced(element: Element, parts: list[str]) -> str:
    separators = "".join((element.get("separators") or ",").split())
    inner = parts[0].strip() if parts else ""
    for at, part in enumerate(parts[1:]):
        inner += f"{separators[min(at, len(separators) - 1)] if separators else ''} {part.strip()}"
    return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"
