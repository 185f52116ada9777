"""Text of DrawingML: paragraphs of shapes, with equations, raised runs and symbol fonts; and the shapes' own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from chatbot.text.hidden import How
from ingest.parsing.formats.ooxml.parts.equations import equation
from ingest.parsing.formats.ooxml.parts.package import number, switched
from ingest.parsing.formats.scripts import Line
from ingest.parsing.formats.symbols import in_font, is_symbol_font
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# a drawing tells how a run is hidden, from its properties and those of its shape
Hides = Callable[[Element | None], How | None]
# what programs put there when nobody wrote a description
_FILE_NAME = re.compile(
    r"(?:.*[\\/])?[^\\/\s]{1,100}\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp)", re.I | re.S
)
_NO_DESCRIPTION = re.compile(r"(?:picture|image|그림|그래픽|사진|개체|도형|shape|text ?box)\s*\d*", re.I)
_GENERATED = re.compile(
    r"\s*(?:Description automatically generated.*|자동 생성된 설명.*|AI-generated content may be incorrect\.?)",
    re.I | re.S,
)
_MAX_DEPTH = 40


def drawn_text(
    paragraph: Element, hides: Hides | None = None, hidden: list[tuple[str, How]] | None = None
) -> str:
    """The words of an ``a:p``; those that ``hides`` finds hidden go to ``hidden``."""
    line = Line()
    for element in children(paragraph):
        _add(line, element, hides, hidden if hidden is not None else [], 0)
    return line.text()


def _add(
    line: Line, element: Element, hides: Hides | None, hidden: list[tuple[str, How]], depth: int
) -> None:
    local = name(element)
    if local in ("r", "fld"):
        properties = child(element, "rPr")
        text = "".join(found.text or "" for found in children(element, "t"))
        text = in_font(text, _symbol_font(properties))
        how = hides(properties) if hides is not None and text.strip() else None
        if how is not None:
            hidden.append((text, how))
            return
        baseline = number((attribute(properties, "baseline") if properties is not None else "") or "")
        struck = attribute(properties, "strike") if properties is not None else None
        line.add(text, 1 if baseline > 0 else -1 if baseline < 0 else 0, struck not in (None, "noStrike"))
    elif local == "br":
        line.add("\n")
    elif local == "tab":
        line.add("\t")
    elif local in ("oMath", "oMathPara"):
        line.add_apart(equation(element))
    elif local == "AlternateContent":
        for choice in alternatives(element):
            for inner in children(choice):
                _add(line, inner, hides, hidden, depth)
    elif local == "m" and depth < _MAX_DEPTH:
        for inner in children(element):
            _add(line, inner, hides, hidden, depth + 1)


def alternatives(element: Element) -> Iterator[Element]:
    """Of an ``mc:AlternateContent``, the one that has words: the newer form, else the one for old programs."""
    forms = [*children(element, "Choice"), *children(element, "Fallback")]
    best = next((form for form in forms if _has_content(form)), None)
    if best is not None:
        yield best


def _has_content(form: Element) -> bool:
    return (
        next(descendants(form, "t", "txbxContent", "graphicData", "pic", "chart", "contentPart"), None)
        is not None
    )


def _symbol_font(properties: Element | None) -> str | None:
    """The font that draws signs for this run, whatever script it is set for."""
    for holder in children(properties, "sym", "latin") if properties is not None else ():
        if is_symbol_font(face := attribute(holder, "typeface")):
            return face
    return None


def description(properties: Element | None) -> str:
    """The alternative text of a shape's ``cNvPr`` or ``docPr``; empty for decoration and for names of files."""
    if properties is None:
        return ""
    if any(switched(attribute(found, "val"), True) for found in descendants(properties, "decorative")):
        return ""
    return described(attribute(properties, "descr") or "", attribute(properties, "title") or "")


def described(text: str, title: str = "") -> str:
    """``[Picture: ...]`` of an alternative text, or empty where nobody wrote one."""
    text = _GENERATED.sub("", text).strip() or title.strip()
    if not text or _FILE_NAME.fullmatch(text) or _NO_DESCRIPTION.fullmatch(text):
        return ""
    return f"[Picture: {text}]"


def shape_paragraphs(shape: Element) -> list[str]:
    """The paragraphs of a shape's own text; empty where it has none."""
    body = child(shape, "txBody")
    texts = [drawn_text(found) for found in children(body, "p")] if body is not None else []
    return [text for text in texts if text.strip()]


def is_hidden_shape(properties: Element | None) -> bool:
    """Whether the shape is switched off (``cNvPr hidden="1"``)."""
    return properties is not None and switched(attribute(properties, "hidden"))
